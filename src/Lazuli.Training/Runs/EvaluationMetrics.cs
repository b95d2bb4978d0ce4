namespace Lazuli.Training;

/// <summary>Loss on held-out rows.</summary>
/// <param name="Step">Steps done.</param>
/// <param name="Loss">Nats a target.</param>
/// <param name="BitsPerByte">Bits a byte of the targets' text, special tokens counted in neither; null where no target has text.</param>
/// <param name="Targets">Targets that had a loss.</param>
/// <param name="TextBytes">UTF-8 bytes of their text.</param>
/// <param name="Rows">Rows read.</param>
public readonly record struct EvaluationMetrics(long Step, double Loss, double? BitsPerByte, long Targets, long TextBytes, long Rows);
