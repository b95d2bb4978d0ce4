using Lazuli.Models;
using Lazuli.Numerics;

namespace Lazuli.Inference;

/// <summary>Where an <see cref="InferenceModel"/> gets its weights, ready to run.</summary>
internal interface IWeightSource
{
    /// <summary>The parameters.</summary>
    ParameterTable Parameters { get; }

    /// <summary>A vector or table in fp32; no buffer for a parameter that the family lacks.</summary>
    DeviceBuffer Plain(ParameterInfo? parameter);

    /// <summary>The token embedding.</summary>
    EmbeddingTable Embedding { get; }

    /// <summary>A linear layer.</summary>
    LinearLayer Linear(ParameterInfo weight, ParameterInfo? bias);
}
