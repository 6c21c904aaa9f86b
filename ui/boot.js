// Starts the compiled page; a file of its own, because the content security policy allows no inline script.
import init from "./ui.js";

const starting = document.getElementById("starting");
try {
  await init({ module_or_path: "./ui_bg.wasm" });
  starting.remove();
} catch (error) {
  starting.textContent = `Waymark could not start: ${error}`;
  throw error;
}
