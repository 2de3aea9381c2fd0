//! What is asked on one level of an answer, asked together.

use std::future::{Future, poll_fn};
use std::sync::{Mutex, PoisonError};
use std::task::Poll;

use sea_orm::DbErr;
use tokio::sync::oneshot;

use crate::entities::positional::Found;
use crate::store::moment::Moment;
use crate::store::patience::was_ended;
use crate::store::together::Part;

/// Questions that wait to be asked together.
///
/// Who comes first asks for all. It must not be given up alone, or the others would wait for it: whatever goes wrong with
/// one field ends the whole short way.
#[derive(Default)]
pub(super) struct Level(Mutex<Vec<Waiting>>);

struct Waiting {
    question: Part,
    answer: oneshot::Sender<Found>,
}

impl Level {
    /// Asks a question with all others of its level. None where the database failed, which the one who asked for all is
    /// told; and where several together took too long: one by one, as the executor asks them, they may not.
    pub fn ask<'a>(
        &'a self,
        question: Part,
        moment: &'a Moment,
    ) -> impl Future<Output = Result<Option<Found>, DbErr>> + Send + 'a {
        let (answer, answered) = oneshot::channel();
        let is_first = self.waiting(|waiting| {
            waiting.push(Waiting { question, answer });
            waiting.len() == 1
        });
        async move {
            if is_first {
                others_ask().await;
                // Boxed, for only one of all that ask has need of it.
                Box::pin(self.ask_all(moment)).await?;
            }
            Ok(answered.await.ok())
        }
    }

    /// Asks all questions that wait. Those that took too long together have no answer.
    async fn ask_all(&self, moment: &Moment) -> Result<(), DbErr> {
        let waiting = self.waiting(std::mem::take).into_iter();
        let (questions, answers): (Vec<_>, Vec<_>) = waiting.map(|own| (own.question, own.answer)).unzip();
        let are_together = questions.len() > 1 && moment.asks_together();
        let found = match moment.ask(questions).await {
            Err(cause) if are_together && was_ended(&cause) => return Ok(()),
            found => found?,
        };
        for (found, answer) in found.into_iter().zip(answers) {
            let _nobody_waits = answer.send(found);
        }
        Ok(())
    }

    fn waiting<T>(&self, look: impl FnOnce(&mut Vec<Waiting>) -> T) -> T {
        look(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Waits until the task is polled again: the fields of a level are polled one after another, so all have asked by then.
async fn others_ask() {
    let mut is_again = false;
    poll_fn(|cx| {
        if is_again {
            return Poll::Ready(());
        }
        is_again = true;
        cx.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}
