"""The page: header, player, builder, and below it what looks at the run from other sides."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from .. import gallery
from ..player.component import player
from . import calm, idle, session, startup
from .builder import builder
from .files import address
from .files import open as opening
from .header import badge, file_menu, lessons, progress
from .runs import job as jobs
from .runs import results, waiting
from .sections import inspector, tabs
from .sections.view import View

STYLE = (Path(__file__).parent / "style.css").read_text(encoding="utf-8")


class Slots(NamedTuple):
    """Places at the top of the page for what is known only once the program has run."""

    badge: DeltaGenerator
    files: DeltaGenerator
    builder: DeltaGenerator
    stage: DeltaGenerator


def page() -> None:
    """Draws the page from the session's state."""
    startup.once()
    studio = session.studio()
    idle.note(studio)
    session.drawn()
    st.html(f"<style>{STYLE}</style>")
    slots = None if studio.embedded else header(studio)
    studio.job = job_of(studio)
    is_done = studio.job.is_done_within(waiting.waiting.every(jobs.PATIENCE))
    made = studio.job.wait(0)
    if not is_done:
        progress.render(slots.badge if slots else st.container())
    elif made is None:
        failed(studio, studio.job)
    is_newest = made is not None
    result = session.show(studio, made)
    if result is None:
        return
    if slots is None:
        play(studio, result, studio.job.is_done)
        return
    with slots.stage:
        scene = play(studio, result, studio.job.is_done)
        if result.shown.omitted is not None:
            st.caption(f"{result.shown.omitted} A scene that is opened is recorded by running the program again.")
    with slots.builder, calm.part("The builder"):
        builder.render(slots.builder)
    with slots.files, calm.part("The File menu"):
        file_menu.render(slots.files, result, scene)
    if is_newest and session.shows_recording(studio):
        slots.badge.badge("As it was recorded", icon=":material/history:", color="blue")
    elif is_newest:
        with calm.part("The other engine's answer"):
            badge.render(slots.badge, result)
    dark = st.context.theme.type == "dark"
    tabs.render(View(result, scene, studio.engine, dark, studio.source, studio.last_good, not is_newest))


def failed(studio: session.Studio, job: jobs.Job) -> None:
    """Says calmly that the program came to no result, and why; what was on show stays, and so does the program."""
    with st.container(key="failed", horizontal=True, vertical_alignment="center"):
        st.warning(file_menu.plain(job.problem or jobs.OURS), icon=":material/info:")
        st.button("Try again", on_click=session.try_again, key="try_again")
    if studio.shown is None:
        st.code(studio.source, language="python")


def job_of(studio: session.Studio) -> jobs.Job:
    """The run of the program, or the drawing of a run that was recorded in a file."""
    if studio.opened is not None and session.shows_recording(studio):
        return opening.job(studio.job, studio.opened, studio.scene, studio.detail)
    return jobs.job(studio.job, studio.source, studio.engine, studio.scene, studio.detail, session.what_if(studio))


def header(studio: session.Studio) -> Slots:
    """The slim row at the top, and the lesson's question; returns the places that are filled later."""
    titles = {one.slug: f"{one.order}. {one.title}" for one in gallery.lessons()}
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="header"):
        st.html('<div class="vg-brand">viz<b>grad</b></div>', width="content")
        st.selectbox(
            "Lesson",
            list(titles),
            format_func=titles.__getitem__,
            key=session.LESSON,
            on_change=session.choose_lesson,
            label_visibility="collapsed",
            width=380,
        )
        lessons.opener()
        st.segmented_control(
            "Engine",
            list(results.ENGINES),
            format_func=results.ENGINES.__getitem__,
            key=session.ENGINE,
            on_change=session.choose_engine,
            required=True,
            label_visibility="collapsed",
        )
        badge_slot = st.container(width="content")
        st.space("stretch")
        builder.switch()
        address.button()
        files_slot = st.container(width="content")
    with st.container(key="problem"):  # always there: what stands below keeps its place in the page, and so the player
        if studio.problem:
            st.error(studio.problem, icon=":material/error:")
    with st.container(key="lesson", horizontal=True, vertical_alignment="center", gap="medium"):
        about(studio)
    with st.container(horizontal=True, key="bench", gap=None):
        return Slots(badge_slot, files_slot, st.container(key="outline", width="content"), st.container(key="stage"))


def about(studio: session.Studio) -> None:
    """What to think about in the lesson, or that the program is the visitor's own by now."""
    one = gallery.lesson(studio.lesson)
    if studio.opened is not None:
        from_file(studio, studio.opened)
    elif session.is_changed(studio):
        began = f"it began as *{one.title.replace('*', '×')}*" if studio.packed is None else "it came with a link"
        is_others = studio.packed is not None and studio.source == studio.home
        said = "This program came with a link." if is_others else f"Your own program now; {began}."
        st.markdown(said, width="content")
        st.button("Back to the lesson", on_click=session.reset, type="tertiary", icon=":material/restart_alt:")
    else:
        st.markdown(f"**Think:** {one.question}", width="content")
        st.markdown(f"**Look:** {one.look_at}", width="content")


def from_file(studio: session.Studio, opened: opening.Opened) -> None:
    """Which file the program came from, what was left out of it, and the way back."""
    name = file_menu.plain(opened.name)
    more = (
        " The run is shown as it was recorded, until you run the program again."
        if session.shows_recording(studio)
        else ""
    )
    st.markdown(f"From the file **{name}**.{more}", width="content")
    if opened.notes:
        with st.popover(f"{len(opened.notes)} left out", icon=":material/info:", type="tertiary"):
            for note in opened.notes:
                st.text(note)
    if studio.before:
        st.button("Undo", on_click=session.undo, type="tertiary", icon=":material/undo:", key="undo_open")


def play(studio: session.Studio, result: results.Result, is_answered: bool) -> int:
    """The player, whose code pane is the editor; returns the index of the scene on show."""
    played = player(
        result.payload,
        result.shown.id,
        key=session.PLAYER,
        source=studio.source,
        source_rev=studio.source_rev,
        home=studio.home,
        follows_address=True,
        address=session.address(studio),
        link=session.link(studio),
        is_alone=studio.embedded,
        is_answered=is_answered,
        tells_scenes=True,
        tells_zoom=True,
        tells_picks=tabs.is_open(inspector.render),
        on_run=session.submit,
        on_pick=inspector.pick,
        on_scene=session.choose_scene,
        on_detail=session.choose_detail,
        on_drop=file_menu.drop,
    )
    return played.scene_of(result.shown.id, result.shown.scene, result.shown.scenes)
