// What is sent when no picture was chosen?

/** A PNG of a few waves, different each time. */
export async function drawPicture() {
  const canvas = document.createElement("canvas");
  canvas.width = 320;
  canvas.height = 160;
  const pen = canvas.getContext("2d");
  const hue = Math.floor(Math.random() * 360);
  pen.fillStyle = `hsl(${hue} 45% 20%)`;
  pen.fillRect(0, 0, canvas.width, canvas.height);
  for (let wave = 0; wave < WAVES; wave++) {
    pen.strokeStyle = `hsl(${hue + wave * 24} 70% ${45 + wave * 6}%)`;
    pen.lineWidth = 3;
    pen.beginPath();
    const [length, shift] = [30 + Math.random() * 50, Math.random() * 100];
    for (let x = 0; x <= canvas.width; x += 2) {
      pen.lineTo(x, 25 + wave * 22 + 14 * Math.sin((x + shift) / length * Math.PI));
    }
    pen.stroke();
  }
  const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
  if (blob === null) throw new Error("this browser did not turn the canvas into a PNG");
  return blob;
}

const WAVES = 6;
