// What the shop sells. Prices in euro; a product's picture is /images/<id>.svg.

export const CATEGORIES = [
  { id: 'shoes', name: 'Shoes', line: 'From the tow path to the scree.' },
  { id: 'shells', name: 'Shells & layers', line: 'For four seasons, often in one day.' },
  { id: 'packs', name: 'Packs', line: 'Carry less, and carry it well.' },
  { id: 'camp', name: 'Camp', line: 'A dry night, a warm morning.' },
];

export const PRODUCTS = [
  {
    id: 'tarn-mid', category: 'shoes', name: 'Tarn Mid', kind: 'Waterproof boot', price: 189, weight: '540 g',
    line: 'A boot for wet moor and long descents.',
    text: 'Nubuck from a single hide, a membrane that has seen real rain, and a sole that can be replaced twice.',
    facts: [['Sole', 'Resoleable, 4 mm lugs'], ['Upper', 'Nubuck 2.2 mm'], ['Sizes', '36 to 48, two widths']],
  },
  {
    id: 'scree', category: 'shoes', name: 'Scree', kind: 'Approach shoe', price: 149, weight: '390 g',
    line: 'Sticky edge, stiff middle, honest grip.',
    text: 'For the hour between the hut and the first hold. A climbing toe in front, a walking heel behind.',
    facts: [['Sole', 'Climbing rubber at the toe'], ['Upper', 'Suede and knit'], ['Sizes', '36 to 47']],
  },
  {
    id: 'burn', category: 'shoes', name: 'Burn', kind: 'Trail runner', price: 139, weight: '265 g',
    line: 'Light, quick to dry, happy in mud.',
    text: 'Drains through the sides instead of pretending to be waterproof. Dry again after two miles of heather.',
    facts: [['Drop', '5 mm'], ['Upper', 'Open mesh'], ['Sizes', '35 to 48']],
  },
  {
    id: 'dell', category: 'shoes', name: 'Dell', kind: 'Camp slipper', price: 59, weight: '140 g',
    line: 'The best moment of the day, in felt.',
    text: 'Boiled wool on a thin rubber sole. Rolls up in a side pocket and forgives every sock.',
    facts: [['Sole', 'Rubber, 3 mm'], ['Upper', 'Boiled wool'], ['Sizes', '35 to 47']],
  },
  {
    id: 'gale', category: 'shells', name: 'Gale', kind: 'Rain shell', price: 229, weight: '310 g',
    line: 'Three layers, and a hood that turns with you.',
    text: 'Cut to be worn with a pack: no seam on the shoulder, pockets above the belt, zips you can work in gloves.',
    facts: [['Fabric', '3 layers, no fluorocarbons'], ['Hood', 'Fits a helmet'], ['Sizes', 'XS to XXL']],
  },
  {
    id: 'haar', category: 'shells', name: 'Haar', kind: 'Wind jacket', price: 119, weight: '98 g',
    line: 'The weight of an apple, the difference of a layer.',
    text: 'For ridges and early starts. Packs into its own pocket, and the pocket into your palm.',
    facts: [['Fabric', 'Ripstop, 20 g per m²'], ['Packed', '9 × 7 cm'], ['Sizes', 'XS to XXL']],
  },
  {
    id: 'croft', category: 'shells', name: 'Croft', kind: 'Wool fleece', price: 109, weight: '420 g',
    line: 'Warm when wet, quiet in the woods.',
    text: 'Recycled wool, brushed once, knitted in one mill. Smells of nothing after a week. We tried.',
    facts: [['Fabric', '82 % recycled wool'], ['Collar', 'Tall, lined'], ['Sizes', 'XS to XXL']],
  },
  {
    id: 'lochan-28', category: 'packs', name: 'Lochan 28', kind: 'Day pack', price: 129, weight: '780 g',
    line: 'One opening, one frame, no dangling straps.',
    text: 'Stands up on its own, opens like a bag, rides like a rucksack. The frame is a single bent sheet.',
    facts: [['Volume', '28 litres'], ['Back', '42 to 52 cm'], ['Fabric', 'Recycled nylon']],
  },
  {
    id: 'corrie-45', category: 'packs', name: 'Corrie 45', kind: 'Trek pack', price: 199, weight: '1,240 g',
    line: 'Five days of food and still a straight back.',
    text: 'A floating lid, a belt that does the work, and every buckle available as a spare part for two euro.',
    facts: [['Volume', '45 + 8 litres'], ['Back', 'Adjustable'], ['Fabric', 'Recycled nylon']],
  },
  {
    id: 'stile', category: 'packs', name: 'Stile', kind: 'Hip pack', price: 49, weight: '160 g',
    line: 'Map, knife, apple.',
    text: 'For walks too short for a pack and too long for pockets. Holds a half-litre bottle upright.',
    facts: [['Volume', '2.5 litres'], ['Belt', 'Up to 130 cm'], ['Fabric', 'Waxed cotton']],
  },
  {
    id: 'bothy-2', category: 'camp', name: 'Bothy 2', kind: 'Tent for two', price: 389, weight: '1,690 g',
    line: 'Up in three minutes, calm in a gale.',
    text: 'Two poles, one crossing, two doors. Pitch it outer first, so that the inside stays dry while you swear.',
    facts: [['Floor', '215 × 130 cm'], ['Porch', 'Two, 80 cm deep'], ['Pegs', '14, in a bag']],
  },
  {
    id: 'ember', category: 'camp', name: 'Ember', kind: 'Down quilt', price: 279, weight: '590 g',
    line: 'Warm to minus two, packed like a loaf.',
    text: 'Half a sleeping bag: the half that keeps you warm. Traced down, stitched in box chambers.',
    facts: [['Comfort', '-2 °C'], ['Down', '800 cuin, traced'], ['Packed', '5 litres']],
  },
];

export const productsOf = (category) => PRODUCTS.filter((product) => product.category === category);
export const priceText = (euro) => `€${Number.isInteger(euro) ? euro : euro.toFixed(2)}`;
