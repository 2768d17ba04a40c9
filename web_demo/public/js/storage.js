// JSON in localStorage; what has another shape than the fallback is taken for nothing. A browser that refuses storage gets a shop that forgets, not one that breaks.

export const read = (key, fallback) => {
  try {
    const value = JSON.parse(localStorage.getItem(key)) ?? fallback;
    return Array.isArray(value) === Array.isArray(fallback) ? value : fallback;
  } catch {
    return fallback;
  }
};

export const write = (key, value) => {
  try {
    if (value === undefined) localStorage.removeItem(key);
    else localStorage.setItem(key, JSON.stringify(value));
  } catch {
    // full or forbidden: the value lives until the page goes
  }
};
