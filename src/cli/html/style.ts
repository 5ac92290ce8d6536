/**
 * The look of a page. Colours of series are those of Okabe & Ito (2008), which people with any colour vision can tell
 * apart, then four of Tol's muted scheme (2021), lightened on dark ground; lines that matter differ in dash or width too.
 */
const palette = {
  light: [
    '#1b1f24',
    '#0072b2',
    '#d55e00',
    '#009e73',
    '#cc79a7',
    '#8a6d00',
    '#56b4e9',
    '#7f7f7f',
    '#882255',
    '#44aa99',
    '#999933',
    '#5a4fcf',
  ],
  dark: [
    '#e6e9ee',
    '#5bb3ec',
    '#ff8a3d',
    '#2fd3a3',
    '#f0a3cd',
    '#f0e442',
    '#8fd0f5',
    '#a8a8a8',
    '#d67fae',
    '#7fd6c8',
    '#cfcf6a',
    '#a79ff5',
  ],
} as const;

const colours = (theme: 'light' | 'dark') => palette[theme].map((colour, i) => `--c${i}:${colour}`).join(';');
const classes = palette.light.map((_, i) => `.c${i}{--c:var(--c${i})}`).join('');

export const style = `
:root{color-scheme:light dark;--ground:#fff;--text:#1b1f24;--soft:#5b6572;--rule:#d9dee5;${colours('light')}}
@media (prefers-color-scheme:dark){:root{--ground:#14181d;--text:#e6e9ee;--soft:#9aa5b3;--rule:#313944;${colours('dark')}}}
${classes}
*{box-sizing:border-box}
body{margin:0 auto;max-width:74rem;padding:1.5rem 1rem 4rem;background:var(--ground);color:var(--text);font:16px/1.5 system-ui,sans-serif}
h1{font-size:1.6rem;margin:.2rem 0}h2{font-size:1.15rem;margin:2.4rem 0 .3rem;border-top:1px solid var(--rule);padding-top:1rem}
p{margin:.3rem 0 .8rem;max-width:46rem}.lead{color:var(--soft)}
.row{display:flex;flex-wrap:wrap;gap:0 1rem}
figure{margin:.8rem 0;width:100%;overflow-x:auto}figure.half{width:calc(50% - .5rem);min-width:20rem}
figcaption{font-size:.85rem;font-weight:600;display:flex;flex-wrap:wrap;gap:.1rem 1rem;align-items:baseline}
svg{display:block;width:100%;height:auto}figure.full>svg{min-width:40rem}svg.plot{overflow:hidden}
.legend{list-style:none;display:flex;flex-wrap:wrap;gap:.1rem .9rem;margin:0;padding:0;font-weight:400;color:var(--soft)}
.legend i{display:inline-block;width:1.2em;height:.6em;margin-right:.35em}
.legend i.line{height:0;border-top:2.5px solid var(--c);vertical-align:.25em}
.legend i.dashed{height:0;border-top:2.5px dashed var(--c);vertical-align:.25em}
.legend i.band{background:var(--c);opacity:.55}
text{fill:var(--soft);font:12px system-ui,sans-serif}text.axis{fill:var(--text)}
.grid{stroke:var(--rule);fill:none}.base{stroke:var(--soft);fill:none}
.line{stroke:var(--c);stroke-width:1.6;fill:none;vector-effect:non-scaling-stroke;stroke-linejoin:round}
.line.dashed{stroke-dasharray:6 4}.band{fill:var(--c);fill-opacity:.22;stroke:none}
.bar{fill:var(--c);fill-opacity:.8}.point{fill:var(--c)}
.whisker{stroke:var(--text);stroke-width:1.5}.reference{stroke:var(--text);stroke-width:1.5;stroke-dasharray:6 4;fill:none}
.selection{fill:var(--c1);fill-opacity:.18}figure[data-zoom] svg.plot{cursor:crosshair;touch-action:pan-y}
.tools button{font:inherit;font-size:.85rem;line-height:1.2;padding:.15rem .6rem;margin-right:.25rem;border:1px solid var(--rule);border-radius:.3rem;background:none;color:var(--text);cursor:pointer}
.scroll{overflow-x:auto;margin:.6rem 0;width:100%}table{border-collapse:collapse;font-size:.88rem;font-variant-numeric:tabular-nums}
th,td{padding:.25rem .6rem .25rem 0;text-align:right;border-bottom:1px solid var(--rule);white-space:nowrap}
th:first-child,.left{text-align:left}td.left{white-space:normal;min-width:11rem}thead th{color:var(--soft);font-weight:600}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.1rem 1rem;margin:.5rem 0;font-size:.9rem}dt{color:var(--soft)}dd{margin:0}
details{width:100%;margin:.4rem 0}summary{cursor:pointer;color:var(--soft);font-size:.9rem}
h3{font-size:1rem;margin:1rem 0 .1rem;width:100%}.sentences{max-width:46rem;padding-left:1.2rem;font-size:.9rem}.sentences li{margin:.25rem 0}
@media (max-width:44rem){figure.half{width:100%}figure.full>svg text{font-size:15px}}
@media print{.tools{display:none}}
`;
