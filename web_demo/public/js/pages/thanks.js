import '../cart.js';
import { orders } from '../customer.js';
import '../panel.js';

const [latest] = orders();
if (latest) document.querySelector('[data-order-number]').textContent = `Order ${latest.number}`;
