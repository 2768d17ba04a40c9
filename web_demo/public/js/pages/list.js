import '../cart.js';
import '../panel.js';
import { seeList, seePage } from '../path.js';

const { list } = document.querySelector('[data-list]').dataset;
seePage('list', { list });
seeList(list);
