"""What pages say of a small project: escaped, complete, and never blank or stale where something is missing."""

import json
import re
from pathlib import Path

import pytest
from PIL import Image
from typer.testing import CliRunner

from experiments.cli import app
from experiments.loading import load_experiment
from experiments.overview import marks
from experiments.report import printing
from tests.report.conftest import Project
from tests.report.reading import broken, read

LECTURE, EXPERIMENT = "lecture-pinar.html", "experiment-flowers.html"


def section(text: str, claim: str) -> str:
    """The section of a claim."""
    found = re.search(rf'<section id="{claim}".*?</section>', text, re.DOTALL)
    assert found
    return found[0]


def test_every_page_is_there_and_every_link_leads_somewhere(project: Project) -> None:
    built = project.build()
    names = {"index.html", "claims.html", "experiments.html", "bench.html", LECTURE, EXPERIMENT}
    assert {path.name for path in project.report.glob("*.html")} == names
    assert (built.pages, built.claims) == (6, 4)
    assert broken(project.report) == []
    assert read(project.report / LECTURE).sections == ["L-1", "L-2", "L-5", "L-6"]


def test_what_a_config_or_ledger_says_is_shown_as_text(project: Project) -> None:
    project.fail("</pre><script>alert('error')</script>")
    project.build()
    plain = read(project.report / "bench.html")
    for path in project.report.glob("*.html"):
        page = read(path)
        assert "<script>alert" not in path.read_text()
        assert "<img src=x" not in path.read_text()
        assert page.scripts == plain.scripts
        assert page.handlers == []
    assert 'A perceptron <script>alert("title")</script>' in read(project.report / EXPERIMENT).text
    assert "# A comment with <b>tags</b>" in read(project.report / EXPERIMENT).text
    assert "</pre><script>alert('error')</script>" in read(project.report / EXPERIMENT).text
    lecture = read(project.report / LECTURE).text
    assert 'The error is 0.34 % & <script>alert("claim")</script>' in lecture
    assert "Errors <img src=x onerror=alert(1)>" in lecture


def test_a_claim_shows_printed_computed_verdict_steps_and_command(project: Project) -> None:
    project.build()
    text = section(project.page(LECTURE), "L-1")
    assert 'data-verdict="erratum"' in text
    assert 'data-kind="number"' in text
    row = re.search(r'<tr class="differs">.*?</tr>', text, re.DOTALL)
    assert row
    assert re.findall(r"<t[hd][^>]*>([^<]*)", row[0]) == ["error rate in percent", "0.34", "0.33 "]
    assert "It is 0.33." in text
    assert "<mfrac>" in text
    assert "<li>" in text
    assert "relecture explain L-1" in text
    trained = section(project.page(LECTURE), "L-2")
    assert 'data-verdict="reproduced"' in trained
    assert "relecture run flowers" in trained
    assert 'class="differs"' not in trained
    assert 'href="experiment-flowers.html"' in trained
    assert "A fact of history." in section(project.page(LECTURE), "L-5")
    assert 'src="figures/flowers-learning_curves.webp"' in section(project.page(LECTURE), "L-6")


def test_an_experiment_shows_config_seeds_scores_matrix_and_environment(project: Project) -> None:
    project.build()
    page = read(project.report / EXPERIMENT)
    for text in ("0.9500 ± 0.0010", "[0.9490, 0.9510]", "59,210", "0, 1, 2", "seeds: 3", "keras", "3.15", "49.5"):
        assert text in page.text, text
    assert {"figures/flowers-learning_curves.webp", "figures/flowers-confusion_matrix.webp"} <= set(page.loaded)
    assert f"{LECTURE}#L-2" in page.links
    assert "complete" in page.text


def test_an_experiment_that_was_not_run_shows_as_such(project: Project) -> None:
    (project.published / "summary.json").unlink()
    (project.published / "trials.csv").unlink()
    project.build()
    page = read(project.report / EXPERIMENT)
    assert "Not run" in page.text
    assert "relecture run flowers" in page.text
    assert not [name for name in page.loaded if name.startswith("figures/")]
    for claim in ("L-2", "L-6"):
        text = section(project.page(LECTURE), claim)
        assert 'data-verdict="unchecked"' in text
        assert "relecture run flowers" in text
    assert "not run" in read(project.report / "experiments.html").text


def test_results_of_other_settings_are_named_and_not_shown(project: Project) -> None:
    project.change("learning_rate: 0.1}", "learning_rate: 0.2}")
    project.build()
    page = read(project.report / EXPERIMENT)
    assert "out of date" in page.text
    assert "has other settings for base/0" in page.text
    for name in (EXPERIMENT, LECTURE, "index.html", "experiments.html"):
        text = read(project.report / name).text
        assert "0.9500" not in text, name
        assert "0.95 ±" not in text, name
    assert list(project.report.glob("figures/*")) == []
    assert 'data-verdict="unchecked"' in section(project.page(LECTURE), "L-2")
    assert "| out of date |" in (project.report / "report.md").read_text()


def test_a_failed_trial_is_named_with_its_message(project: Project) -> None:
    project.fail("ValueError: no such thing")
    project.build()
    text = read(project.report / EXPERIMENT).text
    assert "partly failed" in text
    assert "faster, seed 2: failed" in text
    assert "ValueError: no such thing" in text


def test_a_missing_figure_says_what_draws_it(project: Project) -> None:
    about = json.loads((project.published / "summary.json").read_text())
    about["files"].remove("learning_curves.png")
    (project.published / "summary.json").write_text(json.dumps(about))
    project.build()
    for text in (project.page(EXPERIMENT), section(project.page(LECTURE), "L-6")):
        assert "Learning curves:" in text
        assert "relecture run flowers" in text
        assert "flowers-learning_curves" not in text


def test_a_published_picture_that_cannot_be_read_does_not_stop_the_report(project: Project) -> None:
    (project.published / "learning_curves.png").write_bytes(b"no picture")
    project.build()
    assert "cannot be read" in read(project.report / EXPERIMENT).text
    assert broken(project.report) == []


def test_the_same_results_make_the_same_bytes(project: Project) -> None:
    project.build()
    first = {path.relative_to(project.report): path.read_bytes() for path in project.report.rglob("*.*")}
    project.build()
    assert first == {path.relative_to(project.report): path.read_bytes() for path in project.report.rglob("*.*")}


def test_benchmarks_are_tables_with_bars_in_proportion(project: Project) -> None:
    project.build()
    assert "no timings are published yet" in read(project.report / "bench.html").text
    bench = project.results / "bench"
    bench.mkdir()
    (bench / "focal_loss.csv").write_text("loss,median_ms,nothing\nKeras,20,\nours,5,\n")
    project.build()
    text = project.page("bench.html")
    assert re.findall(r"--share: ([0-9.]+)", text) == ["1.0000", "0.2500"]
    assert "Focal loss" in text
    assert "nothing" not in text
    assert "The machine is not written down" in text


def test_a_verdict_that_is_not_the_accepted_one_is_marked(project: Project) -> None:
    (project.results / "ledger").mkdir()
    (project.results / "ledger" / "pinar.csv").write_text("id,kind,verdict,error\nL-1,number,confirmed,\n")
    project.build()
    assert "which is confirmed" in section(project.page(LECTURE), "L-1")
    assert "accepted verdict" not in section(project.page(LECTURE), "L-2")


def test_report_in_its_usual_place_renews_the_readme(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(printing, "BROWSERS", ())
    readme: Path = project.folder / "README.md"
    readme.write_text("\n".join([*marks("experiments"), *marks("verdicts")]))
    CliRunner().invoke(app, ["report", "--configs", str(project.configs), "--results", str(project.results)])
    assert "0.9500 ± 0.0010" in readme.read_text()
    assert "| erratum | 1 | 1 |" in readme.read_text()


BOTH = "[{experiment: flowers, drawn: learning_curves}, {experiment: flowers, variant: faster, drawn: learning_curves}]"


def test_the_page_of_a_figure_that_shows_the_variant_is_shown(project: Project) -> None:
    project.draw({"learning_curves.png": ["base"], "learning_curves-2.png": ["faster"]})
    project.change("drawn: learning_curves", "variant: faster, drawn: learning_curves", "lectures/pinar.yaml")
    project.build()
    text = section(project.page(LECTURE), "L-6")
    assert re.findall(r'<img src="([^"]+)"', text) == ["figures/flowers-learning_curves-2.webp"]
    assert "results/flowers/learning_<wbr>curves-2.csv" in text


def test_a_picture_of_several_checks_is_shown_once(project: Project) -> None:
    project.change("check: {experiment: flowers, drawn: learning_curves}", f"check: {BOTH}", "lectures/pinar.yaml")
    project.build()
    text = section(project.page(LECTURE), "L-6")
    assert text.count("<img ") == 1
    assert text.count("figure learning_<wbr>curves of flowers") == 1


def test_a_picture_says_what_it_shows_and_where_its_numbers_lie(project: Project) -> None:
    project.change("title: A perceptron", "labels: {faster: rate one}\ntitle: A perceptron")
    project.draw({"decision_regions.png": ["base", "faster"]})
    project.build()
    page = project.page(EXPERIMENT)
    assert 'alt="Decision regions of A perceptron &lt;script&gt;' in page
    assert ": base, rate one" in re.findall(r'alt="(Decision regions[^"]*)"', page)[0]
    assert "Numbers: <code>results/flowers/decision_<wbr>regions.csv</code>" in page
    (figure,) = re.findall(r"<figure>.*?</figure>", section(project.page(LECTURE), "L-6"), re.DOTALL)
    assert 'href="experiment-flowers.html"' in figure
    assert "Numbers" not in figure, "the published learning curves have no table here"


def test_a_sweep_is_as_old_as_the_results_beside_it(project: Project) -> None:
    folder, config = project.published / "sweep", project.configs / "flowers.yaml"
    folder.mkdir()
    config.write_text(
        config.read_text() + "sweep:\n  method: grid\n  metric: {name: val_accuracy, goal: maximize}\n"
        "  parameters: {optimizer.learning_rate: {values: [0.3, 0.1]}}\n"
    )
    swept = load_experiment(config).spec.sweep
    assert swept is not None
    about = {
        "sweep": swept.model_dump(mode="json"),
        "command": "relecture sweep flowers", "method": "grid", "points": 2, "seeds": [0], "failed": 0,
        "metric": {"name": "val_accuracy", "goal": "maximize", "of": "validation data"},
        "best": {"settings": {"optimizer.learning_rate": 0.3}, "objective": 0.98765},
    }  # fmt: skip
    (folder / "sweep.json").write_text(json.dumps(about))
    (folder / "summary.csv").write_text("point,learning_rate,objective\n1,0.3,0.98765\n2,0.1,0.43219\n")
    Image.new("RGB", (160, 90), "white").save(folder / "heat_map.png")
    project.build()
    page = read(project.report / EXPERIMENT)
    assert "optimizer.learning_rate = 0.3: 0.98765" in page.text
    assert "0.43219" in page.text
    assert "figures/flowers-sweep-heat_map.webp" in page.loaded
    searched_for_another = {**about, "sweep": {**about["sweep"], "metric": {"name": "val_loss", "goal": "minimize"}}}
    (folder / "sweep.json").write_text(json.dumps(searched_for_another))  # relecture sweep flowers --metric val_loss
    project.build()
    assert "0.98765" in read(project.report / EXPERIMENT).text
    project.change("values: [0.3, 0.1]", "values: [0.3, 0.1, 0.2]")
    project.build()
    page = read(project.report / EXPERIMENT)
    assert "0.98765" not in page.text
    assert "Sweep: not shown, the config's sweep is another by now" in page.text
    project.change("values: [0.3, 0.1, 0.2]", "values: [0.3, 0.1]")
    project.change("learning_rate: 0.1}", "learning_rate: 0.2}")
    project.build()
    page = read(project.report / EXPERIMENT)
    assert "0.98765" not in page.text
    assert "0.43219" not in page.text
    assert "Sweep: not shown" in page.text
    assert "relecture sweep flowers" in page.text
    assert list(project.report.glob("figures/*")) == []


def test_the_list_of_claims_is_searched_for_numbers_and_explanations(project: Project) -> None:
    project.build()
    items = re.findall(r'data-words="([^"]*)">\s*<a class="id" href="[^"#]+#(L-\d)"', project.page("claims.html"))
    words = {claim: text.split() for text, claim in items}
    assert list(words) == ["L-1", "L-2", "L-5", "L-6"]
    assert {"0.34", "0.33", "percent", "it"} <= set(words["L-1"])
    assert "0.95" in words["L-2"]


def test_what_is_published_without_its_files_is_not_shown(project: Project) -> None:
    about = json.loads((project.published / "summary.json").read_text())
    del about["files"]
    (project.published / "summary.json").write_text(json.dumps(about))
    project.build()
    assert "out of date" in read(project.report / EXPERIMENT).text
    assert "0.9500" not in read(project.report / EXPERIMENT).text


def test_engines_show_the_machine_chosen_columns_and_a_table_for_each_network(project: Project) -> None:
    bench = project.results / "bench"
    bench.mkdir()
    head = "network,batch,contender,engine,device,networks_at_once,examples,epochs,repeats,seconds_an_epoch"
    head += ",seconds_q1,seconds_q3,share_of_gemm_peak,gemm_peak_gflops,times_faster_than_fit"
    rows = [
        "784-10,128,ours,compiled,cpu,1,60000,5,5,0.1,0.09,0.12,0.25,302.4,7.5",
        "784-10,128,Keras fit,fit,cpu,1,60000,5,5,0.8,0.7,0.9,0.03,302.4,1",
        "cifar10_mlp,128,ours,compiled,cpu,1,50000,2,5,2,2,2,0.5,302.4,2.4",
    ]
    (bench / "engines.csv").write_text("\n".join([head, *rows]) + "\n")
    (bench / "engines.md").write_text("# Engines\n\n`run <it>`, on a Fast & Small machine.\n\n## 784-10\n\nMore.\n")
    project.build()
    text = project.page("bench.html")
    assert "<code>run &lt;it&gt;</code>, on a Fast &amp; Small machine." in text
    assert "More." not in text
    assert re.findall(r"<caption>(.*?)</caption>", text) == [
        "784-10, batch 128, 60,000 examples, 5 epochs",
        "cifar10_mlp, batch 128, 50,000 examples, 2 epochs",
    ]
    assert re.findall(r'<th scope="col"[^>]*>(.*?)</th>', text)[:5] == [
        "contender", "engine", "seconds an epoch", "times fit", "peak",
    ]  # fmt: skip
    assert "[0.09, 0.12]" in text
    assert "302.4" not in text
    assert "25.0%" in text
    assert re.findall(r"--share: ([0-9.]+)", text) == ["0.1250", "1.0000", "1.0000"]
    assert "median of the ratios within repeats" in text
