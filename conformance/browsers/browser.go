package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"
)

// A Browser is an engine that this program knows how to start.
type Browser struct {
	Name     string
	programs []string // where it may be
	version  []string // the arguments with which it prints its version
	display  bool     // it needs an X display, even for that
	cold     bool     // it does not cache preflights in its first seconds

	// command makes the command that opens the URL with an empty profile in dir. The browser takes the servers'
	// certificate, and cookies from everybody.
	command func(program, dir, url string, servers *Servers) (*exec.Cmd, error)
}

// find returns the path of the installed program.
func (b *Browser) find() (string, error) {
	for _, p := range b.programs {
		if path, err := exec.LookPath(p); err == nil {
			return path, nil
		}
	}
	return "", fmt.Errorf("not installed: found none of %s", strings.Join(b.programs, ", "))
}

// versionOf asks the program for its version.
func (b *Browser) versionOf(program string, env []string) (string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, program, b.version...)
	cmd.Env = append(os.Environ(), env...)
	cmd.WaitDelay = time.Second
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("%s %s: %w", program, strings.Join(b.version, " "), err)
	}
	return strings.TrimSpace(string(out)), nil
}

var browsers = []*Browser{
	{
		Name:     "chromium",
		programs: []string{"chromium-headless-shell", "chromium", "chromium-browser", "google-chrome"},
		version:  []string{"--version", "--no-sandbox"},
		command: func(program, dir, url string, servers *Servers) (*exec.Cmd, error) {
			return exec.Command(program, "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--user-data-dir="+dir,
				"--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run", "--no-proxy-server",
				"--disable-background-timer-throttling", "--remote-debugging-port=0",
				"--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost, EXCLUDE *.localhost, EXCLUDE "+plainHost+", EXCLUDE "+plainAddress,
				"--ignore-certificate-errors-spki-list="+servers.keyHash(), "--enable-logging=stderr", url), nil
		},
	},
	{
		Name:     "firefox",
		programs: []string{"firefox-esr", "firefox"},
		version:  []string{"--version"},
		cold:     true,
		command: func(program, dir, url string, servers *Servers) (*exec.Cmd, error) {
			if err := os.WriteFile(filepath.Join(dir, "user.js"), []byte(firefoxPreferences), 0o600); err != nil {
				return nil, err
			}
			if err := os.WriteFile(filepath.Join(dir, "cert_override.txt"), []byte(servers.overrides()), 0o600); err != nil {
				return nil, err
			}
			cmd := exec.Command(program, "--headless", "--no-remote", "--profile", dir, url)
			cmd.Env = append(os.Environ(), "MOZ_HEADLESS=1", "HOME="+dir, "MOZ_CRASHREPORTER_DISABLE=1")
			return cmd, nil
		},
	},
	{
		Name: "webkitgtk",
		programs: []string{"/usr/lib/x86_64-linux-gnu/webkit2gtk-4.1/MiniBrowser", "/usr/lib/aarch64-linux-gnu/webkit2gtk-4.1/MiniBrowser",
			"/usr/lib/webkit2gtk-4.1/MiniBrowser", "/usr/libexec/webkit2gtk-4.1/MiniBrowser", "MiniBrowser"},
		version: []string{"--version"},
		command: func(program, dir, url string, servers *Servers) (*exec.Cmd, error) {
			cmd := exec.Command(program, "--private", "--ignore-tls-errors", "--cookies-policy=always", url)
			cmd.Env = append(os.Environ(), "HOME="+dir, "XDG_RUNTIME_DIR="+dir, "GDK_BACKEND=x11", "WEBKIT_DISABLE_COMPOSITING_MODE=1", "LIBGL_ALWAYS_SOFTWARE=1",
				"WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS=1", "NO_AT_BRIDGE=1")
			return cmd, nil
		},
		display: true,
	},
}

// firefoxPreferences keep Firefox to the page that it is to open.
const firefoxPreferences = `
user_pref("app.normandy.enabled", false);
user_pref("app.update.enabled", false);
user_pref("browser.aboutwelcome.enabled", false);
user_pref("browser.newtabpage.activity-stream.feeds.topsites", false);
user_pref("browser.safebrowsing.malware.enabled", false);
user_pref("browser.safebrowsing.phishing.enabled", false);
user_pref("browser.safebrowsing.downloads.enabled", false);
user_pref("browser.shell.checkDefaultBrowser", false);
user_pref("browser.startup.homepage", "about:blank");
user_pref("browser.startup.homepage_override.mstone", "ignore");
user_pref("browser.startup.page", 0);
user_pref("datareporting.healthreport.uploadEnabled", false);
user_pref("datareporting.policy.dataSubmissionEnabled", false);
user_pref("datareporting.policy.dataSubmissionPolicyBypassNotification", true);
user_pref("dom.min_background_timeout_value", 4);
user_pref("extensions.getAddons.cache.enabled", false);
user_pref("extensions.systemAddon.update.enabled", false);
user_pref("extensions.update.enabled", false);
user_pref("media.gmp-manager.updateEnabled", false);
user_pref("network.captive-portal-service.enabled", false);
user_pref("network.connectivity-service.enabled", false);
user_pref("network.manage-offline-status", false);
user_pref("network.cookie.cookieBehavior", 0);
user_pref("network.dns.disablePrefetch", true);
user_pref("network.prefetch-next", true);
user_pref("browser.send_pings", true);
user_pref("network.proxy.type", 0);
user_pref("network.trr.mode", 5);
user_pref("services.settings.server", "http://127.0.0.1:1/");
user_pref("toolkit.telemetry.enabled", false);
user_pref("toolkit.telemetry.unified", false);
user_pref("toolkit.telemetry.server", "http://127.0.0.1:1/");
user_pref("trailhead.firstrun.didSeeAboutWelcome", true);
`

// A process is a browser that runs.
type process struct {
	cmd  *exec.Cmd
	done chan struct{} // closed when it has ended
	err  error         // what Wait said, once done is closed

	mu     sync.Mutex
	stderr bytes.Buffer // the first megabytes
}

const maxStderr = 16 << 20

// Write keeps what the browser prints.
func (p *process) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.stderr.Len() < maxStderr {
		p.stderr.Write(b)
	}
	return len(b), nil
}

func (p *process) printed() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.stderr.String()
}

// start starts a program in a process group of its own.
func start(cmd *exec.Cmd) (*process, error) {
	p := &process{cmd: cmd, done: make(chan struct{})}
	cmd.Stdout, cmd.Stderr = io.Discard, p
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.WaitDelay = 2 * time.Second // for helpers of the browser that keep its standard error open
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	go func() {
		p.err = cmd.Wait()
		close(p.done)
	}()
	return p, nil
}

// stop ends the program and what it started, all of which is in its process group.
func (p *process) stop() {
	syscall.Kill(-p.cmd.Process.Pid, syscall.SIGTERM)
	select {
	case <-p.done:
	case <-time.After(2 * time.Second):
	}
	syscall.Kill(-p.cmd.Process.Pid, syscall.SIGKILL)
	<-p.done
}

// startDisplay starts an X server and returns the DISPLAY that it has, for an environment.
func startDisplay() (*process, string, error) {
	path, err := exec.LookPath("Xvfb")
	if err != nil {
		return nil, "", fmt.Errorf("it needs an X display: %w", err)
	}
	r, w, err := os.Pipe()
	if err != nil {
		return nil, "", err
	}
	defer r.Close()
	cmd := exec.Command(path, "-displayfd", "3", "-screen", "0", "800x600x24", "-nolisten", "tcp")
	cmd.ExtraFiles = []*os.File{w}
	p, err := start(cmd)
	w.Close()
	if err != nil {
		return nil, "", err
	}
	r.SetReadDeadline(time.Now().Add(10 * time.Second))
	number, err := bufio.NewReader(r).ReadString('\n') // all of it: the server does not survive a broken pipe
	if err != nil {
		p.stop()
		return nil, "", fmt.Errorf("the X server Xvfb did not start: %w: %s", err, p.printed())
	}
	return p, "DISPLAY=:" + strings.TrimSpace(number), nil
}
