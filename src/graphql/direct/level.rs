//! What is asked on one level of an answer, asked together.

use std::sync::{Mutex, PoisonError};

use sea_orm::DbErr;
use tokio::sync::oneshot;
use tokio::task::yield_now;

use crate::entities::positional::Found;
use crate::store::moment::Moment;
use crate::store::together::Part;

/// Questions that wait to be asked together.
#[derive(Default)]
pub(super) struct Level(Mutex<Vec<Waiting>>);

struct Waiting {
    question: Part,
    answer: oneshot::Sender<Found>,
}

impl Level {
    /// Asks a question with all others of its level. None where the database failed, which the one who asked for all is
    /// told.
    pub async fn ask(&self, question: Part, moment: &Moment) -> Result<Option<Found>, DbErr> {
        let (answer, answered) = oneshot::channel();
        let is_first = self.waiting(|waiting| {
            waiting.push(Waiting { question, answer });
            waiting.len() == 1
        });
        if is_first {
            // The fields of a level are polled one after another: all have asked before this goes on.
            yield_now().await;
            let waiting = self.waiting(std::mem::take).into_iter();
            let (questions, answers): (Vec<_>, Vec<_>) =
                waiting.map(|own| (own.question, own.answer)).unzip();
            for (found, answer) in moment.ask(questions).await?.into_iter().zip(answers) {
                let _nobody_waits = answer.send(found);
            }
        }
        Ok(answered.await.ok())
    }

    fn waiting<T>(&self, look: impl FnOnce(&mut Vec<Waiting>) -> T) -> T {
        look(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
