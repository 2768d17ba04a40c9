import { totals } from '../cart.js';
import { drawLines } from '../lines.js';
import '../panel.js';
import { seeCart, seePage } from '../path.js';

seePage('cart');
const lines = drawLines({ editable: true });
seeCart(lines, totals().goods);
addEventListener('storage', () => drawLines({ editable: true }));
