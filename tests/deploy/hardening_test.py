"""The shipped program as its file says it is built: what makes a memory error hard to exploit."""
import re
import shutil
import unittest

import support


def setUpModule():
    if not shutil.which("readelf"):
        raise unittest.SkipTest("readelf is not installed")
    cache = (support.build_tree() / "CMakeCache.txt").read_text()
    if "CMAKE_BUILD_TYPE:STRING=Release" not in cache:
        raise unittest.SkipTest("this is not the build that is shipped")


def readelf(option):
    done = support.run("readelf", "--wide", option, support.binary())
    done.check_returncode()
    return done.stdout


def segments(kind):
    """The flags ("R", "RW", "RE") of the segments of one kind."""
    return re.findall(rf"^\s+{kind}\s+(?:0x\w+\s+){{5}}([RWE ]+?)\s+0x", readelf("--segments"),
                      re.MULTILINE)


class Hardening(unittest.TestCase):
    def test_its_address_is_random(self):
        self.assertRegex(readelf("--file-header"), r"Type:\s+DYN")
        self.assertRegex(readelf("--dynamic"), r"\(FLAGS_1\).*\bPIE\b")

    def test_its_jump_tables_are_read_only_once_it_runs(self):
        self.assertEqual(segments("GNU_RELRO"), ["R"])
        self.assertRegex(readelf("--dynamic"), r"\(FLAGS_1\).*\bNOW\b")

    def test_nothing_is_writable_and_executable(self):
        self.assertEqual(segments("GNU_STACK"), ["RW"])
        self.assertIn("R E", segments("LOAD"))
        self.assertFalse([flags for flags in segments("LOAD") if "W" in flags and "E" in flags])

    def test_it_looks_for_libraries_where_the_system_does(self):
        self.assertNotRegex(readelf("--dynamic"), r"\((RPATH|RUNPATH)\)")

    def test_overruns_of_the_stack_and_of_buffers_end_it(self):
        imports = set(re.findall(r"UND (\w+)@", readelf("--dyn-syms")))
        self.assertIn("__stack_chk_fail", imports)  # -fstack-protector-strong
        self.assertIn("__memcpy_chk", imports)      # -D_FORTIFY_SOURCE=2


if __name__ == "__main__":
    support.main()
