import '../cart.js';
import '../panel.js';
import { seePage } from '../path.js';

seePage('home');
