// A field whose text stands in the address: what is typed is seen at once, and what the address says otherwise (the browser's way back, a link)
// takes its place.
import { useEffect, useRef, useState } from 'react';

export function useTyped(written: string, send: (text: string) => void): [typed: string, type: (text: string) => void] {
  const [typed, setTyped] = useState(written);
  const sent = useRef(written);
  useEffect(() => {
    if (written !== sent.current) setTyped(written);
    sent.current = written;
  }, [written]);
  return [
    typed,
    (text) => {
      setTyped(text);
      sent.current = text;
      send(text);
    },
  ];
}
