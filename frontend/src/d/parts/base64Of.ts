/** What is in a file, as JSON carries it. */
export const base64Of = (file: File): Promise<string> => new Promise((done, failed) => {
  const reader = new FileReader()
  reader.onload = () => done(String(reader.result).replace(/^.*?,/, ''))
  reader.onerror = () => failed(new Error('没有读到这个文件，请重新选择'))
  reader.readAsDataURL(file)
})
