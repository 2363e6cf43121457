// Decodes images in a Worker, since some browsers hold up the page for seconds with a large one; on the page's own thread where it may
// have no Worker.

const SOURCE = `onmessage = async ({ data }) => {
  const image = await createImageBitmap(data);
  postMessage(image, [image]);
};
onunhandledrejection = () => postMessage(null);`;

// A promise of the file's ImageBitmap; rejects where the browser cannot decode it.
export function decodeBitmap(file) {
  const address = URL.createObjectURL(new Blob([SOURCE], { type: "text/javascript" }));
  const decoded = new Promise((resolve) => {
    const worker = new Worker(address);
    function end(image) {
      worker.terminate();
      resolve(image);
    }
    worker.onmessage = ({ data }) => end(data);
    worker.onerror = (event) => {
      event.preventDefault();
      end(null);
    };
    worker.postMessage(file);
  });
  return decoded.catch(() => null).then((image) => image ?? createImageBitmap(file)).finally(() => URL.revokeObjectURL(address));
}
