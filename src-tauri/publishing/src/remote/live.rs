//! What runs on a target: states, runs, metrics, KPIs.

use aws_sdk_pinpoint::config::Builder;
use aws_sdk_pinpoint::primitives::DateTime;
use aws_sdk_pinpoint::types::{JourneyStateRequest, State};
use model::Millis;
use serde_json::{Value, json};

use super::{KpiOf, PAGE_SIZE, Remote, take_page};
use crate::error::PublishError;
use crate::exact::Exact;

impl Remote {
    /// Brings a journey to another state: `ACTIVE`, `PAUSED` or `CANCELLED` (journeys.md 7).
    ///
    /// # Errors
    /// When the target can not be asked, or refuses.
    pub async fn set_journey_state(&self, application: &str, id: &str, state: &str) -> Result<(), PublishError> {
        let typed = JourneyStateRequest::builder().state(State::from(state)).build();
        let request =
            self.client.update_journey_state().application_id(application).journey_id(id).journey_state_request(typed);
        send!(self, "UpdateJourneyState", request, None).map(drop)
    }

    /// Pauses a campaign, or lets it go on; all else of it stays.
    ///
    /// # Errors
    /// When the target can not be asked, or refuses.
    pub async fn pause_campaign(&self, application: &str, id: &str, paused: bool) -> Result<(), PublishError> {
        self.update_campaign(application, id, &json!({ "IsPaused": paused })).await
    }

    /// A campaign, as `CampaignResponse`; `None` = there is none of that id.
    pub(crate) async fn campaign(&self, application: &str, id: &str) -> Result<Option<Value>, PublishError> {
        let request = self.client.get_campaign().application_id(application).campaign_id(id);
        self.found(send!(self, "GetCampaign", request, None))
    }

    /// The newest runs of a campaign, at most a page of them, as `ActivityResponse`.
    pub(crate) async fn campaign_activities(&self, application: &str, id: &str) -> Result<Vec<Value>, PublishError> {
        let request = self.client.get_campaign_activities().application_id(application).campaign_id(id);
        let mut all = Vec::new();
        take_page(send!(self, "GetCampaignActivities", request.page_size(PAGE_SIZE), None)?, &mut all);
        Ok(all)
    }

    /// The runs of a journey, at most a page of them, as `JourneyRunResponse`.
    pub(crate) async fn journey_runs(&self, application: &str, id: &str) -> Result<Vec<Value>, PublishError> {
        let request = self.client.get_journey_runs().application_id(application).journey_id(id);
        let mut all = Vec::new();
        take_page(send!(self, "GetJourneyRuns", request.page_size(PAGE_SIZE), None)?, &mut all);
        Ok(all)
    }

    /// The numbers of a journey, or of one run of it, with `Metrics` and `LastEvaluatedTime`.
    pub(crate) async fn journey_metrics(
        &self,
        application: &str,
        id: &str,
        run: Option<&str>,
    ) -> Result<Value, PublishError> {
        match run {
            None => {
                let request = self.client.get_journey_execution_metrics().application_id(application).journey_id(id);
                send!(self, "GetJourneyExecutionMetrics", request, None)
            }
            Some(run) => {
                let request = self.client.get_journey_run_execution_metrics().application_id(application);
                send!(self, "GetJourneyRunExecutionMetrics", request.journey_id(id).run_id(run), None)
            }
        }
    }

    /// The numbers of an activity of a journey, or of one run of it; `None` = nothing is told of that activity.
    pub(crate) async fn activity_metrics(
        &self,
        application: &str,
        id: &str,
        run: Option<&str>,
        activity: &str,
    ) -> Result<Option<Value>, PublishError> {
        self.found(match run {
            None => {
                let request = self.client.get_journey_execution_activity_metrics().application_id(application);
                let request = request.journey_id(id).journey_activity_id(activity);
                send!(self, "GetJourneyExecutionActivityMetrics", request, None)
            }
            Some(run) => {
                let request = self.client.get_journey_run_execution_activity_metrics().application_id(application);
                let request = request.journey_id(id).run_id(run).journey_activity_id(activity);
                send!(self, "GetJourneyRunExecutionActivityMetrics", request, None)
            }
        })
    }

    /// A KPI of an application, campaign or journey over a span of time, both ends included; an end that is absent is the
    /// target's to choose (events-and-analytics.md 5).
    ///
    /// # Errors
    /// When the target can not be asked, or refuses: the span is longer than 31 days, or began more than 90 days ago.
    pub async fn kpi(
        &self,
        application: &str,
        of: &KpiOf,
        name: &str,
        (from, to): (Option<Millis>, Option<Millis>),
    ) -> Result<Value, PublishError> {
        let (from, to) = (from.map(DateTime::from_millis), to.map(DateTime::from_millis));
        let client = &self.client;
        match of {
            KpiOf::Application => {
                let request = client.get_application_date_range_kpi().application_id(application).kpi_name(name);
                let request = request.set_start_time(from).set_end_time(to);
                send!(self, "GetApplicationDateRangeKpi", request, None)
            }
            KpiOf::Campaign(id) => {
                let request = client.get_campaign_date_range_kpi().application_id(application).kpi_name(name);
                let request = request.campaign_id(id).set_start_time(from).set_end_time(to);
                send!(self, "GetCampaignDateRangeKpi", request, None)
            }
            KpiOf::Journey(id) => {
                let request = client.get_journey_date_range_kpi().application_id(application).kpi_name(name);
                let request = request.journey_id(id).set_start_time(from).set_end_time(to);
                send!(self, "GetJourneyDateRangeKpi", request, None)
            }
        }
    }
}
