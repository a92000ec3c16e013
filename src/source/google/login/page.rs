//! What the browser shows: small pages of our own, with no script and nothing from elsewhere, that repeat nothing of a request.

/// An answer to the browser.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Page {
    Done,
    Failed,
    /// The redirect came a second time.
    Again,
    /// Not the redirect that we wait for.
    NotOurs,
    NotFound,
    NotGet,
    /// Another host's name leads to this port.
    WrongHost,
    TooLong,
}

impl Page {
    /// The status, the heading and the line below it.
    fn parts(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Page::Done => ("200 OK", "Signed in", "You can close this window; Vantage goes on in the terminal."),
            Page::Failed => {
                ("200 OK", "Not signed in", "You can close this window; the terminal says what went wrong.")
            }
            Page::Again => ("200 OK", "This is done", "You can close this window; the answer has arrived already."),
            Page::NotOurs => ("400 Bad Request", "Not this", "Vantage still waits for the answer of Google's page."),
            Page::NotFound => ("404 Not Found", "Nothing here", "Vantage still waits for the answer of Google's page."),
            Page::NotGet => {
                ("405 Method Not Allowed", "Not this", "Vantage still waits for the answer of Google's page.")
            }
            Page::WrongHost => ("421 Misdirected Request", "Not this", "This address is not 127.0.0.1."),
            Page::TooLong => ("431 Request Header Fields Too Large", "Too long", "This is no answer of Google's page."),
        }
    }

    /// The whole answer. The address of the page holds the code, so nothing may pass it on.
    pub(super) fn answer(self) -> String {
        let (status, heading, line) = self.parts();
        let policy = "default-src 'none'; style-src 'unsafe-inline'";
        let body = format!(
            "<!doctype html><html lang=en><meta charset=utf-8><meta http-equiv=Content-Security-Policy content=\"{policy}\">\
             <meta name=referrer content=no-referrer><title>Vantage: {heading}</title>\
             <style>body{{font:1.1em system-ui,sans-serif;margin:15vh auto;max-width:30em;padding:0 1em;color-scheme:light dark}}</style>\
             <h1>{heading}</h1><p>{line}</p></html>\n"
        );
        let length = body.len();
        format!(
            "HTTP/1.1 {status}\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {length}\r\n\
             Content-Security-Policy: {policy}; frame-ancestors 'none'\r\nReferrer-Policy: no-referrer\r\n\
             X-Content-Type-Options: nosniff\r\nCache-Control: no-store\r\nConnection: close\r\n\r\n{body}"
        )
    }
}
