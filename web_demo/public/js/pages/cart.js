import { totals } from '../cart.js';
import { drawLines } from '../lines.js';
import '../panel.js';
import { seeCart } from '../path.js';

const lines = drawLines({ editable: true });
seeCart(lines, totals().goods);
addEventListener('storage', () => drawLines({ editable: true }));
