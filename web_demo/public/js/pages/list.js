import '../cart.js';
import '../panel.js';
import { seeList } from '../path.js';

const { list } = document.documentElement.dataset;
seeList(list);
