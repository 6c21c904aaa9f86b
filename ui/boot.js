// Starts the compiled page; a file of its own, because the content security policy allows no inline script.
const starting = document.getElementById("starting");
try {
  // at once, and by hand: what a `preload` has fetched WebKit would hold a second time for as long as the page lives
  const compiled = fetch("./ui_bg.wasm");
  const { default: init } = await import("./ui.js");
  await init({ module_or_path: compiled });
  starting.remove();
} catch (error) {
  starting.textContent = `Waymark could not start: ${error}`;
  throw error;
}
