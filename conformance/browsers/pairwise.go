package main

// pairwise returns rows in which every pair of values of two factors stands at least once. The counts are how many
// values each factor has; a row holds an index for each. The same counts give the same rows.
func pairwise(counts []int) (rows [][]int) {
	// left holds the pairs that no row has yet: by two factors i < j and a value of each.
	type pair struct{ i, j, a, b int }
	left := map[pair]bool{}
	var order []pair
	for i := range counts {
		for j := i + 1; j < len(counts); j++ {
			for a := range counts[i] {
				for b := range counts[j] {
					left[pair{i, j, a, b}] = true
					order = append(order, pair{i, j, a, b})
				}
			}
		}
	}
	// gain counts the pairs that a value of one factor would add to a row, in which -1 stands for what is not chosen
	// yet.
	gain := func(row []int, factor, value int) (n int) {
		for other, v := range row {
			p := pair{other, factor, v, value}
			if other > factor {
				p = pair{factor, other, value, v}
			}
			if v >= 0 && other != factor && left[p] {
				n++
			}
		}
		return n
	}
	for turn, first := range order {
		if !left[first] {
			continue
		}
		row := make([]int, len(counts))
		for i := range row {
			row[i] = -1
		}
		row[first.i], row[first.j] = first.a, first.b
		for factor := range row {
			if row[factor] >= 0 {
				continue
			}
			best, most := 0, -1
			for k := range counts[factor] {
				value := (k + turn) % counts[factor] // so that ties do not always go to the first
				if n := gain(row, factor, value); n > most {
					best, most = value, n
				}
			}
			row[factor] = best
		}
		for i := range row {
			for j := i + 1; j < len(row); j++ {
				delete(left, pair{i, j, row[i], row[j]})
			}
		}
		rows = append(rows, row)
	}
	return rows
}

// coveredPairs counts the pairs of values of the factors that combinations has.
func coveredPairs() (n int) {
	factors := pairFactors()
	for i := range factors {
		for j := i + 1; j < len(factors); j++ {
			n += len(factors[i].values) * len(factors[j].values)
		}
	}
	return n
}
