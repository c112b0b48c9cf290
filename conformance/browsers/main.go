// Command browsers runs scenarios of the CORS protocol in the browsers that are installed, and in the machine of package
// fetch, and compares what came of them.
package main

import (
	"fmt"
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
		done, err := s.run(all, 8)
		fmt.Println(err, time.Since(t))
		for _, sc := range all {
			p, ok := done[sc.ID]
			if !ok {
				fmt.Println(sc.ID, "not done")
				continue
			}
			want, err := predict(p.expanded, page, fetch.Standard)
			if err != nil {
				fmt.Println(err)
				continue
			}
			fmt.Println(sc.ID, differences(want, p.observed))
		}
		s.close()
	}
}
