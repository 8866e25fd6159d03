//! The ECS task metadata endpoint, version 4: `GET ${ECS_CONTAINER_METADATA_URI_V4}/task`.

use http_body_util::{BodyExt, Empty, Limited};
use hyper::body::Bytes;
use hyper::{Request, Uri};
use hyper_util::rt::TokioIo;
use serde::Deserialize;
use tokio::net::TcpStream;

/// Most bytes of an answer.
const MOST_BYTES: usize = 1 << 20;

/// What the endpoint says of the task.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
pub struct Task {
    /// Name or ARN of the cluster.
    #[serde(rename = "Cluster")]
    pub cluster: Option<String>,
    /// ARN of the task.
    #[serde(rename = "TaskARN")]
    pub task_arn: Option<String>,
}

impl Task {
    /// Whether everything is known.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.cluster.is_some() && self.task_arn.is_some()
    }

    /// What is not known is taken from the other.
    #[must_use]
    pub fn or(self, other: Task) -> Task {
        Task { cluster: self.cluster.or(other.cluster), task_arn: self.task_arn.or(other.task_arn) }
    }
}

/// The endpoint cannot be asked.
#[derive(Debug, thiserror::Error)]
pub enum MetadataError {
    /// Its address makes no sense.
    #[error("ECS_CONTAINER_METADATA_URI_V4 is no http address: {0}")]
    Address(String),
    /// No connection.
    #[error("cannot connect to {0}")]
    Connect(String, #[source] std::io::Error),
    /// It broke.
    #[error("the request failed")]
    Http(#[from] hyper::Error),
    /// It refused.
    #[error("it answered with status {0}")]
    Status(u16),
    /// It said something else.
    #[error("its answer cannot be read: {0}")]
    Answer(String),
}

/// Asks for the task.
pub(super) async fn ask(base: &str) -> Result<Task, MetadataError> {
    let uri: Uri = format!("{base}/task").parse().map_err(|_| MetadataError::Address(base.to_owned()))?;
    let host = uri.host().ok_or_else(|| MetadataError::Address(base.to_owned()))?;
    let port = uri.port_u16().unwrap_or(80);
    let stream = TcpStream::connect((host, port))
        .await
        .map_err(|source| MetadataError::Connect(format!("{host}:{port}"), source))?;
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
    let request = Request::get(uri.path())
        .header("host", format!("{host}:{port}"))
        .body(Empty::<Bytes>::new())
        .map_err(|problem| MetadataError::Answer(problem.to_string()))?;
    let answered = async {
        let answer = sender.send_request(request).await?;
        if !answer.status().is_success() {
            return Err(MetadataError::Status(answer.status().as_u16()));
        }
        let body = Limited::new(answer.into_body(), MOST_BYTES).collect().await;
        let body = body.map_err(|problem| MetadataError::Answer(problem.to_string()))?.to_bytes();
        serde_json::from_slice(&body).map_err(|problem| MetadataError::Answer(problem.to_string()))
    };
    tokio::select! {
        answer = answered => answer,
        Err(broken) = connection => Err(broken.into()),
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    use super::*;

    #[tokio::test]
    async fn the_endpoint_names_task_and_cluster() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}/v4/abc", listener.local_addr().unwrap());
        let serve = async {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut request = vec![0; 4096];
            let len = stream.read(&mut request).await.unwrap();
            assert!(request[..len].starts_with(b"GET /v4/abc/task HTTP/1.1\r\n"));
            let body = r#"{"Cluster":"prod","TaskARN":"arn:aws:ecs:r:1:task/prod/01","Family":"api"}"#;
            let answer = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{body}", body.len());
            stream.write_all(answer.as_bytes()).await.unwrap();
        };
        let (task, ()) = tokio::join!(ask(&base), serve);
        assert_eq!(task.unwrap().cluster.as_deref(), Some("prod"));
        assert!(matches!(ask("nonsense").await, Err(MetadataError::Address(_))));
    }
}
