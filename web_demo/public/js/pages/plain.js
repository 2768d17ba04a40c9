import '../cart.js';
import '../panel.js';
