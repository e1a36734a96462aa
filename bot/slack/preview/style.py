"""How the preview looks: plain and light, near to Slack on a phone."""

from __future__ import annotations

STYLE = """
:root { color-scheme: light; --line: #dddddd; --grey: #616061; --text: #1d1c1d; --blue: #1264a3; }
* { box-sizing: border-box; }
body { margin: 0; background: #f4f4f5; color: var(--text); font: 15px/1.46 Lato, "Helvetica Neue", Arial, sans-serif; }
header, nav, main > section { max-width: 1280px; margin: 0 auto; padding: 12px 16px; }
h1 { font-size: 26px; margin: 12px 0 4px; }
h2 { font-size: 21px; margin: 28px 0 4px; padding-top: 12px; border-top: 2px solid var(--line); }
h3 { font-size: 17px; margin: 20px 0 4px; }
nav ol { columns: 3 260px; padding-left: 22px; }
a { color: var(--blue); }
.intro { max-width: 720px; }
.frames { display: flex; flex-wrap: wrap; gap: 20px; align-items: flex-start; }
figure { margin: 8px 0; width: 390px; max-width: 100%; }
figcaption { font-weight: 700; margin-bottom: 6px; }
.phone { background: #fff; border: 1px solid #c9c9cb; border-radius: 18px; overflow: hidden; padding-bottom: 14px; }
.bar { display: flex; justify-content: space-between; align-items: center; gap: 8px;
  padding: 12px 14px; border-bottom: 1px solid var(--line); }
.bar span { flex: 1; color: var(--grey); font-size: 14px; }
.bar .submit { color: #007a5a; font-weight: 700; text-align: right; }
.tabs { display: flex; gap: 20px; padding: 8px 14px; border-bottom: 1px solid var(--line); color: var(--grey); }
.tabs strong { color: var(--text); border-bottom: 2px solid #007a5a; }
.modal > .said, .home > .said { padding: 4px 14px; }
.message { display: grid; grid-template-columns: 36px 1fr; column-gap: 8px; padding: 12px 12px 0; }
.notification { grid-column: 1 / 3; color: var(--grey); font-size: 12px; margin-bottom: 6px; overflow-wrap: anywhere; }
.avatar { width: 36px; height: 36px; border-radius: 8px; background: #3f5d73; color: #fff; text-align: center; line-height: 36px;
  font-weight: 700; grid-row: 2 / 4; }
.app { background: #eee; color: var(--grey);
  font-size: 10px; font-weight: 700; border-radius: 2px; padding: 1px 4px; margin-left: 6px; }
.said { min-width: 0; overflow-wrap: anywhere; }
.block { margin: 8px 0; }
.section { display: flex; justify-content: space-between; gap: 10px; align-items: flex-start; }
.section > div { flex: 1; min-width: 0; }
.section > .button { flex: none; }
.section > .menu { width: 175px; flex: none; }
.context, small { color: var(--grey); font-size: 13px; }
.context span { margin-right: 6px; }
small { display: block; }
.header { font-size: 18px; font-weight: 900; line-height: 1.3; }
.actions { display: flex; flex-wrap: wrap; gap: 8px; align-items: flex-start; }
.actions > .menu { min-width: 180px; }
.button { display: inline-block; border: 1px solid #bbbabb; border-radius: 6px; padding: 5px 11px; font-weight: 700;
  font-size: 14px; background: #fff; }
.button.primary { background: #007a5a; border-color: #007a5a; color: #fff; }
.button.danger { background: #e01e5a; border-color: #e01e5a; color: #fff; }
.label { font-weight: 700; margin-bottom: 4px; }
.optional { color: var(--grey); font-weight: 400; }
.field, .menu > summary { display: block; border: 1px solid #bbbabb; border-radius: 6px; padding: 7px 11px; background: #fff; }
.field.many { min-height: 64px; }
.placeholder { color: #767676; }
.menu > summary { display: flex; justify-content: space-between; gap: 6px; cursor: pointer; list-style: none; }
.menu > summary::-webkit-details-marker { display: none; }
.arrow { color: var(--grey); }
.menu summary .now .chosen + .chosen::before { content: ", "; }
.menu ul { margin: 4px 0 0; padding: 4px 0; list-style: none; border: 1px solid var(--line); border-radius: 6px; }
.menu li { padding: 3px 11px; }
.menu li.chosen { font-weight: 700; background: #eef6fb; }
.ticks { list-style: none; margin: 0; padding: 0; }
.ticks li { display: flex; gap: 8px; padding: 3px 0; }
.mark { color: var(--blue); }
.confirm > summary { cursor: pointer; list-style: none; }
.confirm > summary::-webkit-details-marker { display: none; }
.confirm[open] { width: 100%; border: 1px solid var(--line); border-radius: 6px; padding: 8px; }
.confirm p { margin: 8px 0; }
pre { white-space: pre-wrap; background: #f8f8f8; border: 1px solid var(--line); border-radius: 4px; padding: 8px; margin: 4px 0;
  font: 12px/1.5 ui-monospace, Menlo, Consolas, monospace; }
code { background: #f8f8f8; border: 1px solid var(--line); border-radius: 3px; padding: 1px 3px;
  font-size: 12px; color: #c01343; }
blockquote { margin: 4px 0; padding-left: 10px; border-left: 4px solid var(--line); }
.link { color: var(--blue); }
@media (max-width: 480px) { header, nav, main > section { padding: 8px; } }
@media (min-width: 900px) { .phone { max-height: 844px; overflow-y: auto; } }
@media print { .phone { max-height: none; }
  details > :not(summary) { display: block; } nav { break-after: page; } figure { break-inside: avoid-page; } }
"""
