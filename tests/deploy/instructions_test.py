"""Instructions a request, counted by callgrind: repeatable, so what became dearer is seen at once.

A count that is more than a tenth over benchmarks/compare/instructions.json fails. One that is as much
under it fails too: the file is then to be brought up to date, or the next loss would pass unseen."""
import json
import shutil
import sys
import unittest

import support

COMPARE = support.SOURCE / "benchmarks" / "compare"
ROOM = 0.10  # the C library's choice of memcpy differs between processors


def setUpModule():
    if not shutil.which("valgrind"):
        raise unittest.SkipTest("valgrind is not installed")
    cache = (support.build_tree() / "CMakeCache.txt").read_text()
    if "CMAKE_BUILD_TYPE:STRING=Release" not in cache:
        raise unittest.SkipTest("this is not the build that is shipped")
    if not (support.build_tree() / "bin" / "compare_load").exists():
        raise unittest.SkipTest("the benchmarks' programs are not built")


class Instructions(unittest.TestCase):
    def test_a_request_costs_what_it_did(self):
        sys.path.insert(0, str(COMPARE))
        import compare
        import extras
        from peers import Bench

        bench = Bench(compare.find_binaries(support.build_tree()))
        try:
            counted = extras.count_requests(bench)
        finally:
            bench.close()
        baseline = json.loads((COMPARE / "instructions.json").read_text())
        self.assertEqual(set(counted), set(baseline))
        for case, count in counted.items():
            with self.subTest(case):
                self.assertLess(abs(count / baseline[case] - 1), ROOM,
                                f"{count:.0f} instructions, {baseline[case]} before")


if __name__ == "__main__":
    support.main()
