// Command browsers runs scenarios of the CORS protocol in the browsers that are installed, and in the machine of package
// fetch, and compares what came of them.
package main

import (
	"fmt"
	"os"
	"time"

	"github.com/corspec/corspec/fetch"
	"github.com/corspec/corspec/origin"
)

func main() {
	servers, err := Listen()
	if err != nil {
		panic(err)
	}
	all := Scenarios()
	fmt.Println(len(all))
	page := origin.MustParse(servers.Origins['a'])
	for _, b := range browsers {
		t := time.Now()
		program, err := b.find()
		if err != nil {
			fmt.Println(b.Name, err)
			continue
		}
		s, err := open(b, program, servers)
		if err != nil {
			fmt.Println(b.Name, err)
			continue
		}
		fmt.Println(s.Version, s.UserAgent, time.Since(t))
		n, bad := 0, 0
		prof, _ := fetch.ProfileByName(b.Name)
		f, _ := os.Create("/tmp/br/" + b.Name + ".txt")
		for len(all[n:]) > 0 {
			k := min(n+100, len(all))
			done, err := s.run(all[n:k], 8)
			if err != nil {
				fmt.Println(err)
				break
			}
			for _, sc := range all[n:k] {
				p, ok := done[sc.ID]
				if !ok {
					fmt.Println(sc.ID, "not done")
					continue
				}
				want, err := predict(p.expanded, page, prof)
				if err != nil {
					fmt.Println(err)
					continue
				}
				if d := differences(want, p.observed); d != nil {
					bad++
					fmt.Fprintf(f, "%s %q\n", sc.ID, d)
				}
			}
			n = k
		}
		fmt.Println(b.Name, n, bad, time.Since(t))
		s.close()
		f.Close()
	}
}
