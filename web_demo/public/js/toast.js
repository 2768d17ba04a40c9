// The toast can be closed; it stays closed in this page view.

const toast = document.querySelector('.toast');
const close = () => toast.setAttribute('hidden', '');
toast.querySelector('[data-close-toast]').addEventListener('click', close);
toast.addEventListener('keydown', (event) => {
  if (event.key === 'Escape') close();
});
