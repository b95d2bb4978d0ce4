namespace Lazuli.Cli;

/// <summary>What <c>lazuli embed --json</c> prints.</summary>
/// <param name="Pooling">Which states made the vectors.</param>
/// <param name="Tokens">Tokens of all texts.</param>
/// <param name="Embeddings">Vectors of length 1.</param>
/// <param name="Similarity">Cosine of each pair; null unless asked for.</param>
internal sealed record EmbedDocument(string Pooling, int Tokens, IReadOnlyList<EmbeddedText> Embeddings, IReadOnlyList<double[]>? Similarity);

/// <summary>A text and its vector.</summary>
internal sealed record EmbeddedText(string Text, float[] Vector);
