"""The admin listener's page in a real browser: runs page/page_test.mjs with the binary under test."""
import os
import shutil
import subprocess
import sys
import unittest

import support

FOLDER = support.SOURCE / "tests" / "deploy" / "page"
MINUTES = 5  # half of one on an idle machine


def missing():
    """Why the page cannot be tried here; empty when it can."""
    for command in ("chromium", "node", "npm"):
        if not shutil.which(command):
            return f"{command} is not installed"
    version = support.run("node", "--version").stdout
    return "" if int(version.lstrip("v").split(".")[0]) >= 18 else f"node 18 is needed, not {version}"


def install(target):
    """Puts the pinned packages into the build tree, once. Why it could not; empty when they are there."""
    wanted = (FOLDER / "package.json").read_text()
    there = target / "installed.json"
    if there.exists() and there.read_text() == wanted:
        return ""
    target.mkdir(parents=True, exist_ok=True)
    (target / "package.json").write_text(wanted)
    done = support.run("npm", "install", "--no-audit", "--no-fund", "--ignore-scripts",
                       "--no-package-lock", cwd=target)
    if done.returncode != 0:
        return "npm install: " + done.stderr.strip()[-300:]
    there.write_text(wanted)
    return ""


class Page(support.TempDirCase):
    @unittest.skipIf(missing(), missing())
    def test_in_chromium(self):
        modules = support.build_tree() / "page_test"
        if reason := install(modules):
            self.skipTest(reason)
        environment = {**os.environ, "ERRGATE_BINARY": str(support.binary()),
                       "PAGE_TEST_MODULES": str(modules), "PAGE_TEST_FOLDER": str(self.folder)}
        done = subprocess.run(["node", "--test", str(FOLDER / "page_test.mjs")], env=environment,
                              stdout=sys.stderr, check=False, timeout=60 * MINUTES)
        self.assertEqual(done.returncode, 0, "see above; PAGE_TEST_SCREENSHOTS=FOLDER keeps pictures")


if __name__ == "__main__":
    support.main()
