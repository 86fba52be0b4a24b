"""The tests of the parts that inject faults: which, how many each, and whether they look at what was finished before.

Named one by one, or by a class that injects a fault in every test: a test of the usual course of things is no fault.
"""

from importlib.util import find_spec
from typing import NamedTuple

CACHE, SHARED = "tests/data/test_cache.py", "tests/data/test_cache_shared.py"
NPZ, SOURCES = "tests/data/test_npz.py", "tests/data/test_sources.py"
RUNNER, MEMORY = "tests/experiments/test_runner.py", "tests/experiments/test_memory.py"
TRAINING, BESIDE = "tests/experiments/test_training.py", "tests/experiments/test_side_by_side.py"
DRIVING, SWEEPING = "tests/sweeps/test_driving.py", "tests/sweeps/test_sweeping.py"
WHERE = "tests/sweeps/test_where_trials_run.py"


class Injection(NamedTuple):
    """A test, all cases of a test, or all tests of a class."""

    test: str
    """Its name as pytest writes it."""
    times: int = 1
    """Faults that one case injects."""
    kept: bool = False
    """Whether it compares what was finished before the fault with what is there afterwards."""
    needs: str = ""
    """A package without which it cannot be run."""

    def covers(self, node: str) -> bool:
        """Whether a test that was run is this one, or one of its cases."""
        return node == self.test or node.startswith((f"{self.test}[", f"{self.test}::"))


ELSEWHERE: dict[str, tuple[Injection, ...]] = {
    "download that answers 500, is silent, stalls, trickles, is cut short, altered, empty or another page": (
        Injection(f"{SOURCES}::TestRefusals::test_faulty_download_is_refused_and_the_next_source_asked"),
        Injection(f"{SOURCES}::TestRefusals::test_connecting_that_never_ends"),
        Injection(f"{SOURCES}::TestRefusals::test_too_large"),
    ),
    "npm that fails, hangs or delivers nothing": (
        Injection(f"{SOURCES}::TestNpm::test_failure_gives_the_reason_without_addresses"),
        Injection(f"{SOURCES}::TestNpm::test_hanging_npm_is_ended_with_its_children"),
        Injection(f"{SOURCES}::TestNpm::test_success_without_a_tarball"),
    ),
    "source with the right format and wrong or hostile content": (
        Injection(f"{SOURCES}::TestRefusals::test_right_format_with_wrong_images"),
        Injection(f"{SOURCES}::TestRefusals::test_keras_file_with_objects_is_never_unpickled"),
    ),
    "archive with paths out of it, links, a bomb, too little or too much in it, or damage": (
        Injection(f"{SOURCES}::TestArchives::test_only_wanted_members_are_given_and_nothing_is_unpacked", times=2),
        Injection(f"{SOURCES}::TestArchives::test_missing_member"),
        Injection(f"{SOURCES}::TestArchives::test_link_under_a_wanted_name"),
        Injection(f"{SOURCES}::TestArchives::test_member_beyond_its_limit"),
        Injection(f"{SOURCES}::TestArchives::test_bomb_in_a_member_that_is_passed_over"),
        Injection(f"{SOURCES}::TestArchives::test_damage"),
    ),
    "cached file damaged, stamp forged, times put back": (
        Injection(f"{CACHE}::TestStamps::test_a_change_with_the_old_times_put_back_is_found"),
        Injection(f"{CACHE}::TestStamps::test_a_spoilt_stamp_costs_a_hash"),
        Injection(f"{CACHE}::TestStamps::test_a_foreign_stamp_does_not_vouch_for_another_sum"),
        Injection(f"{CACHE}::TestDamage::test_damaged_file_is_never_used_and_fetched_again"),
        Injection(f"{CACHE}::TestDamage::test_damage_without_any_source"),
        Injection(f"{CACHE}::TestDamage::test_a_folder_in_place_of_a_file"),
    ),
    "cache on a full disk, or where a file lies in its place": (Injection(f"{CACHE}::TestCannotWrite"),),
    "cache that may not be written, complete or not": (Injection(f"{SHARED}::TestReadOnly"),),
    "two processes that fetch at once, one of them killed, or without locks": (
        Injection(f"{SHARED}::TestTwoProcesses::test_both_get_the_data_and_one_fetches"),
        Injection(f"{SHARED}::TestTwoProcesses::test_without_locks_both_fetch_and_neither_harms_the_other"),
        Injection(f"{SHARED}::TestTwoProcesses::test_a_killed_owner_leaves_no_lock_and_its_remains_are_swept"),
    ),
    "npz with a hostile header, a bomb, objects, NaN, wrong shapes or labels, or cut": (
        Injection(f"{NPZ}::TestWrongArrays"),
        Injection(f"{NPZ}::TestWrongFiles"),
        Injection(f"{NPZ}::test_altered_bytes_end_in_arrays_or_in_a_data_error"),
    ),
    "training that breaks or leaves the finite numbers": (
        Injection(f"{RUNNER}::test_a_failing_trial_is_recorded_and_stops_no_other", kept=True),
        Injection(f"{RUNNER}::test_divergence_is_an_outcome", times=2),
        Injection(f"{RUNNER}::test_outputs_that_are_not_finite_diverge_with_a_message_of_their_own", times=2),
        Injection(f"{TRAINING}::test_divergence_ends_the_training"),
    ),
    "network or data that cannot fit into memory": (
        Injection(f"{MEMORY}::test_a_network_that_cannot_fit_is_refused_before_it_starts"),
        Injection(f"{MEMORY}::test_data_that_cannot_fit_are_refused"),
    ),
    "experiments side by side: a worker killed, one that cannot be had": (
        Injection(f"{BESIDE}::test_a_worker_that_is_killed_is_told_in_a_line"),
        Injection(f"{BESIDE}::test_a_trial_whose_worker_is_killed_is_tried_again"),
        Injection(f"{BESIDE}::test_an_experiment_that_cannot_be_had_leaves_the_others_finished"),
    ),
    "experiments side by side told to end (Ctrl-C, SIGTERM)": (
        Injection(f"{BESIDE}::test_told_to_end_it_takes_its_workers_along_and_goes_on_from_there", kept=True),
    ),
    "worker of a sweep killed, or its trial failing": (
        # Three deaths and one failure.
        Injection(f"{DRIVING}::test_a_dead_worker_is_replaced_and_its_trial_tried_once_more", times=4, kept=True),
        Injection(f"{SWEEPING}::test_a_failing_trial_is_shown_and_stops_no_other"),
    ),
    "worker of a Dask cluster lost": (
        Injection(f"{WHERE}::test_a_dask_cluster_that_loses_a_worker", needs="distributed"),
    ),
    "`kill -9` of a whole sweep": (
        Injection(f"{DRIVING}::test_what_a_killed_sweep_held_is_free_at_once"),
        Injection(f"{DRIVING}::test_a_sweep_killed_again_and_again_ends_as_if_it_had_not_been[1]", kept=True),
        Injection(f"{DRIVING}::test_a_sweep_killed_again_and_again_ends_as_if_it_had_not_been[10]", 10, kept=True),
    ),
    "sweep told to end (SIGTERM), alone or with its workers": (
        Injection(f"{WHERE}::test_a_sweep_that_a_cluster_ends_leaves_no_worker_and_goes_on", kept=True),
    ),
    "two sweeps of one config on one folder at once": (
        Injection(f"{DRIVING}::test_two_sweeps_at_once_share_the_work"),
        Injection(f"{DRIVING}::test_two_bayesian_sweeps_at_once_keep_to_the_cap"),
    ),
    "clocks of machines that share a sweep far apart": (
        Injection(
            f"{DRIVING}::test_a_failure_is_another_sweeps_if_it_was_not_there_before_whatever_the_clocks_say", times=3
        ),
    ),
}
"""What is injected -> by which tests."""


def runnable() -> list[str]:
    """The tests to run, without those whose package is not installed."""
    every = (one for injections in ELSEWHERE.values() for one in injections)
    return [one.test for one in every if not one.needs or find_spec(one.needs) is not None]
