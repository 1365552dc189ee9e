package innomaint

import "testing"

func TestIsPath(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]bool{
		"a": true, "a.b": true, `a\.b`: true, `a\.`: true, `tags.#(k=="a.b)").v`: true, "a.0": true, "a|b": true, "{a,b.c}": true,
		"": false, " a": false, ".a": false, "a.": false, "a..b": false, "a||b": false, `a\`: false, "a.#(k==1": false, "a)": false,
		`a.#(k=="x)`: false, "a\xff": false, "{a]": false,
	} {
		if isPath(path) != want {
			t.Errorf("isPath(%q) = %v", path, !want)
		}
	}
}
