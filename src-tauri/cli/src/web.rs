//! The studio for a browser: the page, and the bridge over HTTP, on loopback only.
//!
//! Other pages in the same browser can send requests to loopback addresses too. None of them gets through: every request
//! must name this server in `Host` (no rebinding of names), carry the secret of this start in a cookie that only the
//! printed address sets, and a bridge command must not come from another origin.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{DefaultBodyLimit, Path as UrlPath, RawQuery, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Uri, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use tokio::net::TcpListener;
use workbench::Workbench;

/// As the desktop window has it, without what only Tauri needs.
const CONTENT_SECURITY_POLICY: &str = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; \
    style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; connect-src 'self'; object-src 'none'; base-uri 'none'; \
    form-action 'none'; frame-ancestors 'none'";

/// A project with all its bodies goes over the bridge at every save.
const LARGEST_COMMAND: usize = 256 * 1024 * 1024;

/// A server that is bound and not yet running.
pub struct Server {
    listener: TcpListener,
    studio: Arc<Studio>,
}

struct Studio {
    page: PathBuf,
    workbench: Workbench,
    secret: String,
    port: u16,
}

impl Server {
    /// Binds a port of 127.0.0.1.
    ///
    /// # Errors
    /// When the port is taken.
    pub async fn bind(port: u16, page: PathBuf, workbench: Workbench) -> io::Result<Server> {
        let listener = TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, port))).await?;
        let port = listener.local_addr()?.port();
        let secret = uuid::Uuid::new_v4().simple().to_string();
        Ok(Server { listener, studio: Arc::new(Studio { page, workbench, secret, port }) })
    }

    /// The address to open, with the secret.
    pub fn address(&self) -> String {
        format!("http://127.0.0.1:{}/?key={}", self.studio.port, self.studio.secret)
    }

    /// Serves until `stopped`.
    ///
    /// # Errors
    /// When the network fails.
    pub async fn run(self, stopped: impl Future<Output = ()> + Send + 'static) -> io::Result<()> {
        let router = Router::new()
            .route("/bridge/{name}", post(command))
            .fallback(get(file))
            .layer(DefaultBodyLimit::max(LARGEST_COMMAND))
            .layer(middleware::from_fn_with_state(self.studio.clone(), guard))
            .with_state(self.studio);
        // A browser keeps connections open: the end does not wait for it.
        let serving = axum::serve(self.listener, router).into_future();
        tokio::select! {
            outcome = serving => outcome,
            () = stopped => Ok(()),
        }
    }
}

impl Studio {
    fn cookie(&self) -> String {
        // Cookies do not know ports: the name keeps two studios apart.
        format!("waymark-{}={}", self.port, self.secret)
    }

    fn is_own_host(&self, host: &str) -> bool {
        ["127.0.0.1", "localhost", "[::1]"].iter().any(|name| host == format!("{name}:{}", self.port))
    }

    fn may_pass(&self, headers: &HeaderMap) -> Result<(), &'static str> {
        let text = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
        if !text(header::HOST).is_some_and(|host| self.is_own_host(host)) {
            return Err("this address is not the studio's");
        }
        if let Some(origin) = text(header::ORIGIN)
            && !origin.strip_prefix("http://").is_some_and(|host| self.is_own_host(host))
        {
            return Err("another page may not ask the studio");
        }
        let own = self.cookie();
        let cookies = headers.get_all(header::COOKIE).into_iter().filter_map(|value| value.to_str().ok());
        match cookies.flat_map(|line| line.split(';')).any(|cookie| cookie.trim() == own) {
            true => Ok(()),
            false => Err("open the address that `waymark studio --web` has printed"),
        }
    }
}

/// Lets only the person pass who has the printed address.
async fn guard(State(studio): State<Arc<Studio>>, RawQuery(query): RawQuery, request: Request, next: Next) -> Response {
    let headers = request.headers();
    let own_host =
        headers.get(header::HOST).and_then(|host| host.to_str().ok()).is_some_and(|host| studio.is_own_host(host));
    let has_key =
        query.is_some_and(|query| query.split('&').any(|part| part.strip_prefix("key=") == Some(&studio.secret)));
    if own_host && has_key && request.uri().path() == "/" {
        let cookie = format!("{}; Path=/; HttpOnly; SameSite=Lax", studio.cookie());
        return (StatusCode::SEE_OTHER, [(header::SET_COOKIE, cookie), (header::LOCATION, "/".to_owned())])
            .into_response();
    }
    let mut response = match studio.may_pass(headers) {
        Ok(()) => next.run(request).await,
        Err(why) => (StatusCode::FORBIDDEN, why).into_response(),
    };
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(CONTENT_SECURITY_POLICY));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    response
}

/// `POST /bridge/NAME`: 200 with the answer, or 422 with a failure, both JSON.
async fn command(State(studio): State<Arc<Studio>>, UrlPath(name): UrlPath<String>, body: Bytes) -> Response {
    let Ok(body) = std::str::from_utf8(&body) else {
        return (StatusCode::BAD_REQUEST, "a command is UTF-8 text").into_response();
    };
    let (status, text) = match studio.workbench.call(&name, body).await {
        Ok(answer) => (StatusCode::OK, answer),
        Err(failure) => (StatusCode::UNPROCESSABLE_ENTITY, failure),
    };
    (status, [(header::CONTENT_TYPE, "application/json")], text).into_response()
}

/// A file of the page.
async fn file(State(studio): State<Arc<Studio>>, uri: Uri) -> Response {
    let path = uri.path().trim_start_matches('/');
    let path = Path::new(if path.is_empty() { "index.html" } else { path });
    // Only names below the folder; nothing in the page needs escapes.
    if !path.components().all(|part| matches!(part, Component::Normal(_))) {
        return StatusCode::NOT_FOUND.into_response();
    }
    match tokio::fs::read(studio.page.join(path)).await {
        Ok(content) => ([(header::CONTENT_TYPE, media_type(path))], Body::from(content)).into_response(),
        Err(_) => StatusCode::NOT_FOUND.into_response(),
    }
}

fn media_type(path: &Path) -> &'static str {
    match path.extension().and_then(|ending| ending.to_str()) {
        Some("html") => "text/html; charset=utf-8",
        Some("js" | "mjs") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("wasm") => "application/wasm",
        Some("json") => "application/json",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("ico") => "image/x-icon",
        Some("woff2") => "font/woff2",
        _ => "application/octet-stream",
    }
}
