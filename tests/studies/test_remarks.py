"""Remarks are heard by whoever asked for the picture, and by nobody else."""

from concurrent.futures import ThreadPoolExecutor

from sonolens.studies.remarks import listen, remark


def read(name: str) -> list[str]:
    with listen() as heard:
        remark("mask_levels", "1 px", name)
    return [said.message for said in heard]


def test_nobody_need_listen() -> None:
    remark("mask_levels", "1 px", "unheard")

    assert read("heard") == ["heard"]


def test_every_thread_hears_its_own_picture() -> None:
    names = [str(number) for number in range(50)]

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(read, names)) == [[name] for name in names]
