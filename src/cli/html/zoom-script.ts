/**
 * Runs in the browser: makes figures with `data-zoom` zoomable. Drag over a chart to look closer, double-click for the
 * whole range; the buttons do the same by keyboard. Without scripts the charts show everything.
 */
export const zoomScript = `
for (const figure of document.querySelectorAll('figure[data-zoom]')) {
  const plot = figure.querySelector('svg.plot');
  const ticks = figure.querySelector('.xticks');
  const whole = ticks.innerHTML;
  const { zoom, from, to } = figure.dataset;
  const [width, height] = [plot.viewBox.baseVal.width, plot.viewBox.baseVal.height];
  const left = Number(plot.getAttribute('x'));
  const base = Number(plot.getAttribute('y')) + height;
  let view = [0, width];
  const valueAt = (x) => Number(from) + (x / width) * (Number(to) - Number(from));
  const text = (value, span) => {
    if (zoom !== 'time') return String(Number(value.toPrecision(5)));
    const iso = new Date(value).toISOString();
    return span > 4 * 86400000 ? iso.slice(5, 10) : iso.slice(5, span < 600000 ? 19 : 16).replace('T', ' ');
  };
  const draw = () => {
    const span = view[1] - view[0];
    plot.setAttribute('viewBox', [view[0], 0, span, height].join(' '));
    if (span >= width) { ticks.innerHTML = whole; return; }
    const shown = valueAt(view[1]) - valueAt(view[0]);
    ticks.innerHTML = [0, 1, 2, 3, 4, 5, 6].map((k) => {
      const x = left + (k / 6) * width;
      const label = text(valueAt(view[0] + (k / 6) * span), shown);
      const anchor = k === 0 ? 'start' : k === 6 ? 'end' : 'middle';
      return '<path class="grid" d="M' + x + ' ' + base + 'v5"/><text class="tick" x="' + x + '" y="' + (base + 18) +
        '" text-anchor="' + anchor + '">' + label + '</text>';
    }).join('');
  };
  const show = (a, b) => {
    const span = Math.min(width, Math.max(width / 2000, b - a));
    const start = Math.min(width - span, Math.max(0, a));
    view = [start, start + span];
    draw();
  };
  const at = (event) => {
    const box = plot.getScreenCTM().inverse();
    return Math.min(view[1], Math.max(view[0], new DOMPoint(event.clientX, event.clientY).matrixTransform(box).x));
  };
  let begun;
  const mark = document.createElementNS('http://www.w3.org/2000/svg', 'rect');
  mark.setAttribute('class', 'selection');
  mark.setAttribute('height', height);
  const catcher = document.createElementNS('http://www.w3.org/2000/svg', 'rect');
  for (const [name, value] of Object.entries({ width, height, fill: 'transparent' })) catcher.setAttribute(name, value);
  plot.append(catcher);
  plot.addEventListener('pointerdown', (event) => {
    begun = at(event);
    plot.setPointerCapture(event.pointerId);
    mark.setAttribute('width', 0);
    plot.append(mark);
  });
  plot.addEventListener('pointermove', (event) => {
    if (begun === undefined) return;
    const now = at(event);
    mark.setAttribute('x', Math.min(begun, now));
    mark.setAttribute('width', Math.abs(now - begun));
  });
  plot.addEventListener('pointerup', (event) => {
    if (begun === undefined) return;
    const [a, b] = [begun, at(event)].sort((x, y) => x - y);
    begun = undefined;
    mark.remove();
    if (b - a > (view[1] - view[0]) / 100) show(a, b);
  });
  plot.addEventListener('pointercancel', () => { begun = undefined; mark.remove(); });
  plot.addEventListener('dblclick', () => show(0, width));
  const tools = document.createElement('div');
  tools.className = 'tools';
  const act = {
    closer: () => { const quarter = (view[1] - view[0]) / 4; show(view[0] + quarter, view[1] - quarter); },
    wider: () => { const half = (view[1] - view[0]) / 2; show(view[0] - half, view[1] + half); },
    earlier: () => { const half = (view[1] - view[0]) / 2; show(view[0] - half, view[1] - half); },
    later: () => { const half = (view[1] - view[0]) / 2; show(view[0] + half, view[1] + half); },
    'all of it': () => show(0, width),
  };
  for (const [name, action] of Object.entries(act)) {
    const button = document.createElement('button');
    button.type = 'button';
    button.textContent = name;
    button.addEventListener('click', action);
    tools.append(button);
  }
  figure.append(tools);
}
`;
