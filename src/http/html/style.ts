/** The one style of all pages: light and dark as the reader has it, any width, no colour alone that says something. */
export const style = `
:root {
  color-scheme: light dark;
  --ground: light-dark(#faf8f5, #141110);
  --raised: light-dark(#ffffff, #1e1a18);
  --ink: light-dark(#221d1a, #efe9e4);
  --soft: light-dark(#655c56, #b3a79e);
  --line: light-dark(#e2dbd4, #3a332f);
  --accent: light-dark(#b3261e, #ff8f7d);
  --on-accent: light-dark(#ffffff, #2a0905);
  --good: light-dark(#1a6b3a, #86d6a2);
  --bad: light-dark(#b3261e, #ff8f7d);
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 1rem/1.55 system-ui, sans-serif; }
a { color: var(--accent); text-underline-offset: 0.15em; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
.skip { position: absolute; left: -100rem; }
.skip:focus { left: 1rem; top: 1rem; background: var(--raised); padding: 0.5rem 1rem; }
.bar { border-bottom: 1px solid var(--line); background: var(--raised); }
.bar > *, main, .foot { max-width: 64rem; margin: 0 auto; padding: 0 1.25rem; }
.bar > div { display: flex; flex-wrap: wrap; align-items: baseline; gap: 0.25rem 1.5rem; padding-block: 0.8rem; }
.brand { font-weight: 700; color: inherit; text-decoration: none; letter-spacing: 0.01em; }
.brand::before { content: ""; display: inline-block; width: 0.7em; height: 0.7em; margin-right: 0.5em; border-radius: 50%; background: var(--accent); }
.bar ul { display: flex; flex-wrap: wrap; gap: 0.25rem 1.1rem; margin: 0; padding: 0; list-style: none; }
.bar li a { color: var(--soft); text-decoration: none; }
.bar li a:hover, .bar li a[aria-current] { color: var(--ink); text-decoration: underline; text-decoration-color: var(--accent); text-decoration-thickness: 2px; text-underline-offset: 0.45em; }
main { padding-block: 2rem 3rem; }
h1 { margin: 0 0 1rem; font-size: 1.9rem; line-height: 1.2; overflow-wrap: anywhere; }
h2 { margin: 2.25rem 0 0.75rem; font-size: 1.2rem; }
h3 { margin: 0 0 0.5rem; font-size: 1rem; }
p { margin: 0 0 0.9rem; max-width: 46rem; overflow-wrap: anywhere; }
.lead { font-size: 1.1rem; color: var(--soft); }
.soft, caption, .foot { color: var(--soft); font-size: 0.9rem; }
code, pre, kbd { font: 0.875em/1.5 ui-monospace, monospace; overflow-wrap: anywhere; }
pre { margin: 0 0 1rem; padding: 0.9rem 1rem; overflow-x: auto; background: var(--raised); border: 1px solid var(--line); border-radius: 0.5rem; }
pre.wrap { white-space: pre-wrap; overflow-wrap: anywhere; }
.cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(20rem, 100%), 1fr)); gap: 1.25rem; align-items: start; }
.card { padding: 1.25rem; background: var(--raised); border: 1px solid var(--line); border-radius: 0.75rem; }
.card > h2 { margin-top: 0; }
form.card { max-width: 36rem; }
.card > :last-child, .card form > :last-child { margin-bottom: 0; }
.scroll { overflow-x: auto; }
table { width: 100%; border-collapse: collapse; }
caption { padding-bottom: 0.5rem; text-align: left; }
th, td { padding: 0.55rem 1rem 0.55rem 0; border-bottom: 1px solid var(--line); text-align: left; vertical-align: middle; }
thead th { color: var(--soft); font-size: 0.85rem; font-weight: 600; }
tbody th { min-width: 7rem; font-weight: 600; }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; }
time { font-variant-numeric: tabular-nums; white-space: nowrap; }
dl { display: grid; grid-template-columns: minmax(7rem, max-content) 1fr; gap: 0.45rem 1.25rem; margin: 0 0 1rem; }
dt { color: var(--soft); overflow-wrap: anywhere; }
dd { margin: 0; overflow-wrap: anywhere; }
.state { display: inline-block; padding: 0.05rem 0.6rem; border: 1px solid currentColor; border-radius: 1rem; font-size: 0.875rem; white-space: nowrap; }
.good { color: var(--good); }
.bad { color: var(--bad); }
.note { margin: 0 0 1rem; padding: 0.9rem 1.1rem; background: var(--raised); border: 1px solid var(--line); border-left: 4px solid var(--accent); border-radius: 0.4rem; }
.note > :last-child { margin-bottom: 0; }
img { max-width: 100%; height: auto; }
.shown { margin: 0 0 1.5rem; }
.shown img { display: block; max-height: 75vh; width: auto; border-radius: 0.4rem; border: 1px solid var(--line); background: repeating-conic-gradient(light-dark(#eee, #2a2523) 0 25%, transparent 0 50%) 0 / 20px 20px; }
.shown figcaption { margin-top: 0.4rem; }
.thumb { display: block; border-radius: 0.25rem; border: 1px solid var(--line); }
.filters { display: flex; flex-wrap: wrap; gap: 0.25rem 1rem; margin: 0 0 1rem; padding: 0; list-style: none; }
.filters [aria-current] { color: var(--ink); font-weight: 600; text-decoration: none; }
progress { width: 100%; max-width: 30rem; height: 0.9rem; accent-color: var(--accent); }
fieldset { margin: 0 0 1rem; padding: 0.4rem 1rem 0.8rem; border: 1px solid var(--line); border-radius: 0.5rem; }
legend { padding: 0 0.4rem; font-size: 0.9rem; font-weight: 600; }
.field { margin: 0 0 0.9rem; max-width: none; }
fieldset > .field:last-child { margin-bottom: 0.3rem; }
.field > label, fieldset .field > label { display: block; margin-bottom: 0.2rem; font-weight: 600; font-size: 0.95rem; }
.fields { display: grid; grid-template-columns: repeat(auto-fill, minmax(8rem, 1fr)); gap: 0 1rem; }
.check { display: flex; gap: 0.55rem; align-items: baseline; margin: 0.25rem 0; }
.hint { display: block; color: var(--soft); font-size: 0.85rem; font-weight: 400; }
input, select, textarea, button { font: inherit; font-weight: 400; color: inherit; }
input:not([type=checkbox]), select, textarea { width: 100%; padding: 0.4rem 0.6rem; background: var(--ground); border: 1px solid light-dark(#8d827a, #857a72); border-radius: 0.35rem; }
input[type=checkbox] { accent-color: var(--accent); }
textarea { font: 0.9rem/1.5 ui-monospace, monospace; }
button { padding: 0.5rem 1.2rem; border: 1px solid var(--accent); border-radius: 0.4rem; background: var(--accent); color: var(--on-accent); font-weight: 600; cursor: pointer; }
button:hover { filter: brightness(1.08); }
button.quiet { background: transparent; color: var(--accent); }
.actions { display: flex; flex-wrap: wrap; gap: 0.75rem; align-items: center; margin: 0 0 1rem; }
.pager { display: flex; justify-content: space-between; gap: 1rem; margin-top: 1rem; }
details { margin: 0 0 1rem; }
summary { cursor: pointer; }
.foot { padding-block: 1rem 2rem; }
.after { margin-top: 1.25rem; }
@media (max-width: 34rem) {
  dl { grid-template-columns: 1fr; gap: 0; }
  dd { margin-bottom: 0.6rem; }
}
`;
