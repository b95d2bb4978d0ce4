namespace Lazuli.Billing;

/// <summary>A fixed amount a billing period, whatever was used.</summary>
/// <param name="Name">What for, as it stands on the invoice.</param>
/// <param name="Nanos">How much.</param>
internal sealed record PeriodFee(string Name, long Nanos);
