import '../cart.js';
import { orders } from '../customer.js';
import '../panel.js';
import { seePage } from '../path.js';

seePage('thanks');
const [latest] = orders();
if (latest) document.querySelector('[data-order-number]').textContent = `Order ${latest.number}`;
