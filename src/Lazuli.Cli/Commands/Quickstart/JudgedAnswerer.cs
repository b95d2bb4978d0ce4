namespace Lazuli.Cli;

/// <summary>One way of answering held-out questions, and how good it was. Losses exist for models only.</summary>
internal sealed record JudgedAnswerer(string Name, double? LossNatsPerToken, double? BitsPerByte, double? ChrF);

/// <summary>A held-out question, the true answer and the model's.</summary>
internal sealed record AnsweredQuestion(string Question, string Truth, string Answer);
