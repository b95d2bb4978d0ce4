namespace Lazuli.Compute;

/// <summary>The definition of every figure that a plan prints.</summary>
public static class PlanDefinitions
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<ComputeDefinition> All { get; } =
    [
        new("parameters", "numbers", "all weights, gains and biases of the model; a tied head counts once"),
        new("tokens", "tokens", "tokens trained on: steps × batch; repeats count again"),
        new("FLOP", "FLOP", "operation count: tokens × (6N + 6·L·C·T), N weights in matrix products with the head, L layers, C heads × head size, T tokens of a row; additions and multiplications each counted; convention causal-half"),
        new("petaflop/s-days", "8.64e19 FLOP", "FLOP ÷ 8.64e19"),
        new("expected loss", "nats/token", "held-out cross-entropy at the end by L(N, D) = E + A/N^α + B/D^β (Hoffmann et al. 2022, approach 3); the interval holds 95 % of the laws drawn around it"),
        new("batch", "tokens", "tokens of an optimizer step: a sixteenth of the critical batch 2e8/L^(1/0.21) (Kaplan et al. 2020), at most a 2,000th of the optimal tokens, a power of two of rows, at least 1,024; with more devices a row a device at least"),
        new("learning rate", "per step", "AdamW's peak, between the published points of GPT-3 (Brown et al. 2020, table 2.1), nanoGPT's GPT-2 and this project's 15M recipe"),
        new("step", "s", "predicted seconds of an optimizer step: a roofline of this project's operators, calibrated by the profile's measured product, memory rate and operator start"),
        new("share of peak", "%", "FLOP of a step ÷ (its predicted seconds × devices × peak of the training type)"),
        new("memory", "bytes", "16 a parameter (value, gradient, two moments) and what a pass keeps for its backward; an estimate"),
        new("energy", "kWh", "hours × devices × watts of the profile; an estimate"),
        new("cost", "as shown", "device-hours × the profile's price; without one, × Compute:PricePerDeviceHour for this machine, and kWh × Compute:PricePerKilowattHour"),
        new("penalty", "nats", "expected loss less that of the plan"),
        new("serving FLOP/token", "FLOP", "2N + 2·L·C·T: a token generated with half of a row behind it"),
        new("efficiency", "%", "progress towards the plan's loss a second and device, as a share of one device alone"),
        new("exposed, waiting", "%", "share of a step in which the all-reduce does not hide, and in which devices wait for the slowest"),
        new("goodput", "%", "share of the time not lost to checkpoints, failures and restarts"),
        new("tokens needed", "ratio", "tokens for the plan's loss, as a multiple of what one device needs"),
        new("error", "%", "predicted ÷ measured seconds a step − 1; measured is the median of the run's last steps"),
    ];
}
