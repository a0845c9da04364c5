"""What people meet at a terminal: completions typed into the real shells, the man page, colours."""
import os
import pty
import select
import shutil
import time
import unittest

import support


class Shell:
    """An interactive shell on a terminal, with the completion loaded and `errgate` only echoing."""

    def __init__(self, command, setup):
        self.pid, self.terminal = pty.fork()
        if self.pid == 0:
            os.environ.update(TERM="dumb", PS1="", INPUTRC="/dev/null", HISTFILE="/dev/null")
            os.execvp(command[0], command)
        self.type(setup + "; errgate() { echo \"TYP\"\"ED:$*:\"; }; echo REA\"\"DY\n")
        self.read_until("READY")

    def type(self, text):
        os.write(self.terminal, text.encode())

    def read_until(self, text):
        seen = ""
        deadline = time.monotonic() + support.PATIENCE
        while text not in seen:
            left = deadline - time.monotonic()
            if left <= 0 or not select.select([self.terminal], [], [], left)[0]:
                raise AssertionError(f"no {text!r} in {seen!r}")
            seen += os.read(self.terminal, 4096).decode(errors="replace")
        return seen

    def complete(self, typed):
        """The arguments that `errgate` gets when this is typed and the line is ended."""
        self.type(f"errgate {typed}\n")
        seen = self.read_until("TYPED:")
        while ":" not in seen.split("TYPED:")[1]:
            seen += self.read_until(":")
        return seen.split("TYPED:")[1].split(":")[0]

    def close(self):
        os.close(self.terminal)
        os.waitpid(self.pid, 0)


CASES = [
    # name, what is typed, what the program must get
    ("a command", "chec\t/x", "check /x"),
    ("an option", "run --conf\tx", "run --config x"),
    ("a file", "check errgate-sam\t", "check errgate-sample.yaml"),
    ("a file behind an option", "run -c errgate-sam\t", "run -c errgate-sample.yaml"),
    ("a format", "codes --format mark\t", "codes --format markdown"),
    ("a dialect", "explain --dialect kiota\t", "explain --dialect kiotapay"),
    ("a shell", "completion z\t", "completion zsh"),
]


class Completion(support.TempDirCase):
    def check(self, command, setup):
        (self.folder / "errgate-sample.yaml").write_text("")
        shell = Shell(command, f"cd {self.folder}; {setup}")
        try:
            for name, typed, wanted in CASES:
                with self.subTest(name):
                    self.assertEqual(shell.complete(typed).strip(), wanted)
        finally:
            shell.close()

    def script(self, shell, name):
        path = self.folder / name
        path.write_text(support.run(support.binary(), "completion", shell).stdout)
        return path

    def test_bash(self):
        script = self.script("bash", "errgate.bash")
        self.check(["bash", "--norc", "--noprofile", "-i"], f"source {script}")

    @unittest.skipUnless(shutil.which("zsh"), "zsh is not installed")
    def test_zsh(self):
        self.script("zsh", "_errgate")
        self.check(["zsh", "-f", "-i"],
                   f"fpath=({self.folder} $fpath); autoload -Uz compinit; compinit -u -D; "
                   "zstyle ':completion:*' menu no; unsetopt zle_bracketed_paste 2>/dev/null")


class ManPage(unittest.TestCase):
    @unittest.skipUnless(shutil.which("man"), "man is not installed")
    def test_renders_without_a_warning(self):
        page = support.run(support.binary(), "man").stdout
        shown = support.run("man", "--warnings", "-E", "UTF-8", "-l", "-", input=page,
                            env={**os.environ, "MANWIDTH": "80", "MANPAGER": "cat"})
        self.assertEqual((shown.returncode, shown.stderr), (0, ""))
        for text in ("SYNOPSIS", "errgate run [OPTIONS]", "--config FILE", "EXIT STATUS"):
            self.assertIn(text, shown.stdout)


class Colours(support.TempDirCase):
    ESCAPE = "\x1b["

    def check_on_terminal(self, **environment):
        """What `errgate check` prints for a bad file when stderr is a terminal."""
        (self.folder / "bad.yaml").write_text("version: 2\n")
        pid, terminal = pty.fork()
        if pid == 0:
            os.execve(support.binary(), ["errgate", "check", str(self.folder / "bad.yaml")],
                      {"TERM": "xterm", **environment})
        seen = b""
        try:
            while chunk := os.read(terminal, 4096):
                seen += chunk
        except OSError:  # EIO: the other side has ended
            pass
        os.close(terminal)
        self.assertEqual(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), 1)
        return seen.decode()

    def test_on_a_terminal(self):
        self.assertIn(self.ESCAPE, self.check_on_terminal())

    def test_not_where_nobody_wants_them(self):
        for environment in ({"NO_COLOR": "1"}, {"TERM": "dumb"}):
            self.assertNotIn(self.ESCAPE, self.check_on_terminal(**environment), environment)

    def test_not_in_a_pipe(self):
        (self.folder / "bad.yaml").write_text("version: 2\n")
        checked = support.run(support.binary(), "check", self.folder / "bad.yaml",
                              env={"TERM": "xterm"})
        self.assertNotIn(self.ESCAPE, checked.stdout + checked.stderr)


if __name__ == "__main__":
    support.main()
