using Lazuli.Contracts;

namespace Lazuli.Billing;

/// <summary>Corrections.</summary>
internal sealed partial class OutsideEvents
{
    /// <inheritdoc/>
    public async Task<MeterEvent> CorrectAsync(Actor actor, EventCorrection correction, CancellationToken cancellationToken)
    {
        CheckReason(correction.Reason);
        if ((correction.Request is null) == (correction.Event is null))
        {
            throw new BillingRefusedException(BillingRefusal.Invalid, "A correction names either a request or an event's source and number.");
        }

        if (!correction.Void && (correction.Prompt ?? correction.Cached ?? correction.Completion ?? correction.DeviceSeconds) is null)
        {
            throw new BillingRefusedException(BillingRefusal.Invalid, "A correction says what it really was: prompt, cached or generated tokens, device-seconds, or that nothing of it is charged.");
        }

        EventIdentity written = await admission.DoAsync(memory => Correct(memory, correction), cancellationToken).ConfigureAwait(false);
        return (await events.FindAsync(written, cancellationToken).ConfigureAwait(false))!;
    }

    private EventIdentity Correct(AdmissionMemory memory, EventCorrection correction)
    {
        CorrectedEvent corrected = CorrectedEvent.Find(memory.Transaction, correction)
            ?? throw new BillingRefusedException(BillingRefusal.NotFound, $"There is no event of {correction.Request?.ToString() ?? correction.Event!.ToString()}. A request has one once it is settled.");
        if (corrected.EventKind is MeterEventKind.Correction or MeterEventKind.GivenUp)
        {
            throw EventIntake.Refuse(corrected.EventKind == MeterEventKind.Correction
                ? $"{corrected.Name}/{corrected.Sequence} is a correction itself. Correct the event that it names once more."
                : $"{corrected.Name}/{corrected.Sequence} was given up and has no use to correct. Send the use as a new event.");
        }

        MeterProfile profile = memory.ProfileOf(corrected.Profile);
        EventAmounts difference = CorrectionMath.Difference(corrected.Now(memory.Transaction), correction, profile.Prices, DeviceSecondNanos(corrected, profile), corrected.EventKind);
        MeterRow row = MeterRecorder.Own(
            memory,
            profile,
            new MeterRow
            {
                Source = 0,
                Sequence = 0,
                RequestId = null,
                Profile = profile.Id,
                AtMicroseconds = corrected.AtUs,
                Tokens = difference.Tokens,
                DeviceMicroseconds = 0,
                Flop = 0,
                ChargeNanos = difference.ChargeNanos,
                UnchargedNanos = difference.UnchargedNanos,
                Outcome = (RequestOutcome)corrected.Outcome,
                Requests = difference.Requests,
                DeviceSeconds = difference.DeviceSeconds,
                CorrectsSource = corrected.Source,
                CorrectsSequence = corrected.Sequence,
            },
            new EventParticulars(MeterEventKind.Correction, Reason: correction.Reason));
        return new EventIdentity(memory.Source.Name, row.Sequence);
    }

    private long DeviceSecondNanos(CorrectedEvent corrected, MeterProfile profile) => corrected.EventKind != MeterEventKind.Job ? 0
        : prices.VersionOf(profile.Prices.PriceVersion)?.Plan.RateOf(profile.ModelName, UsageMeter.DeviceSeconds)?.PlainUnitNanos ?? 0;
}
