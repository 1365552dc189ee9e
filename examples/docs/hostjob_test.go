package docs_test

import (
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const hostjobReadme = "examples/hostjob/README.md"

// The README's tables of variables and exit codes say what hostjob -h says.
func TestHostjobReadmeAgreesWithHelp(t *testing.T) {
	t.Parallel()
	help, err := exec.CommandContext(t.Context(), "go", "run", "../hostjob", "-h").CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, help)
	}
	_, text, _ := strings.Cut(string(help), "\nEnvironment:\n")
	variables, codes, _ := strings.Cut(text, "\nExit codes:\n")
	for name, lines := range map[string]string{"variables": variables, "exit codes": codes} {
		want := helpTable(lines)
		got := table(t, hostjobReadme, name)
		for _, row := range got {
			for i := range row {
				row[i] = strings.Trim(row[i], "`")
			}
		}
		if !slices.EqualFunc(got, want, slices.Equal) {
			t.Errorf("%s has %s\n%q\nhostjob -h says\n%q", hostjobReadme, name, got, want)
		}
	}
}

var gap = regexp.MustCompile(` {2,}`)

// helpTable splits lines whose columns are two or more spaces apart.
func helpTable(lines string) (rows [][]string) {
	for line := range strings.Lines(lines) {
		rows = append(rows, gap.Split(strings.TrimSpace(line), -1))
	}
	return rows
}

var alertName = regexp.MustCompile(`(?m)^ *- alert: (\w+)$`)

func TestHostjobReadmeListsEveryAlert(t *testing.T) {
	t.Parallel()
	var listed, want []string
	for _, row := range table(t, hostjobReadme, "alerts") {
		listed = append(listed, strings.Trim(row[0], "`"))
	}
	for _, match := range alertName.FindAllStringSubmatch(read(t, "examples/hostjob/alerts.yaml"), -1) {
		want = append(want, match[1])
	}
	if len(want) == 0 || !slices.Equal(listed, want) {
		t.Errorf("%s lists the alerts %v\nalerts.yaml has %v", hostjobReadme, listed, want)
	}
}
