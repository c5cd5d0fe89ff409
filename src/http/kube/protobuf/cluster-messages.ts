// The wire layout of the messages with which clusters are administered and extended: webhooks, custom resources, aggregated APIs, certificates,
// priority and fairness, addresses, runtime classes and CSI; see messages.ts.

export const CLUSTER_MESSAGES: Readonly<Record<string, string>> = {
  'admissionregistration.v1.AuditAnnotation': '1 key string, 2 valueExpression string',
  'admissionregistration.v1.ExpressionWarning': '2 fieldRef string, 3 warning string',
  'admissionregistration.v1.MatchCondition': '1 name string, 2 expression string',
  'admissionregistration.v1.MatchResources':
    '1 namespaceSelector meta.v1.LabelSelector pe, 2 objectSelector meta.v1.LabelSelector pe, 3 resourceRules admissionregistration.v1.NamedRuleWithOperations re, 4 excludeResourceRules admissionregistration.v1.NamedRuleWithOperations re, 7 matchPolicy string pe',
  'admissionregistration.v1.MutatingWebhook':
    '1 name string, 2 clientConfig admissionregistration.v1.WebhookClientConfig, 3 rules admissionregistration.v1.RuleWithOperations re, 4 failurePolicy string pe, 9 matchPolicy string pe, 5 namespaceSelector meta.v1.LabelSelector pe, 11 objectSelector meta.v1.LabelSelector pe, 6 sideEffects string p, 7 timeoutSeconds int32 pe, 8 admissionReviewVersions string r, 10 reinvocationPolicy string pe, 12 matchConditions admissionregistration.v1.MatchCondition re',
  'admissionregistration.v1.MutatingWebhookConfiguration':
    '1 metadata meta.v1.ObjectMeta e, 2 webhooks admissionregistration.v1.MutatingWebhook re',
  'admissionregistration.v1.NamedRuleWithOperations':
    '1 resourceNames string re, 2 ruleWithOperations admissionregistration.v1.RuleWithOperations i',
  'admissionregistration.v1.ParamKind': '1 apiVersion string e, 2 kind string e',
  'admissionregistration.v1.ParamRef':
    '1 name string e, 2 namespace string e, 3 selector meta.v1.LabelSelector pe, 4 parameterNotFoundAction string pe',
  'admissionregistration.v1.Rule': '1 apiGroups string re, 2 apiVersions string re, 3 resources string re, 4 scope string pe',
  'admissionregistration.v1.RuleWithOperations': '1 operations string re, 2 rule admissionregistration.v1.Rule i',
  'admissionregistration.v1.ServiceReference': '1 namespace string, 2 name string, 3 path string pe, 4 port int32 pe',
  'admissionregistration.v1.TypeChecking': '1 expressionWarnings admissionregistration.v1.ExpressionWarning re',
  'admissionregistration.v1.ValidatingAdmissionPolicy':
    '1 metadata meta.v1.ObjectMeta e, 2 spec admissionregistration.v1.ValidatingAdmissionPolicySpec e, 3 status admissionregistration.v1.ValidatingAdmissionPolicyStatus e',
  'admissionregistration.v1.ValidatingAdmissionPolicyBinding':
    '1 metadata meta.v1.ObjectMeta e, 2 spec admissionregistration.v1.ValidatingAdmissionPolicyBindingSpec e',
  'admissionregistration.v1.ValidatingAdmissionPolicyBindingSpec':
    '1 policyName string e, 2 paramRef admissionregistration.v1.ParamRef pe, 3 matchResources admissionregistration.v1.MatchResources pe, 4 validationActions string re',
  'admissionregistration.v1.ValidatingAdmissionPolicySpec':
    '1 paramKind admissionregistration.v1.ParamKind pe, 2 matchConstraints admissionregistration.v1.MatchResources pe, 3 validations admissionregistration.v1.Validation re, 4 failurePolicy string pe, 5 auditAnnotations admissionregistration.v1.AuditAnnotation re, 6 matchConditions admissionregistration.v1.MatchCondition re, 7 variables admissionregistration.v1.Variable re',
  'admissionregistration.v1.ValidatingAdmissionPolicyStatus':
    '1 observedGeneration int64 e, 2 typeChecking admissionregistration.v1.TypeChecking pe, 3 conditions meta.v1.Condition re',
  'admissionregistration.v1.ValidatingWebhook':
    '1 name string, 2 clientConfig admissionregistration.v1.WebhookClientConfig, 3 rules admissionregistration.v1.RuleWithOperations re, 4 failurePolicy string pe, 9 matchPolicy string pe, 5 namespaceSelector meta.v1.LabelSelector pe, 10 objectSelector meta.v1.LabelSelector pe, 6 sideEffects string p, 7 timeoutSeconds int32 pe, 8 admissionReviewVersions string r, 11 matchConditions admissionregistration.v1.MatchCondition re',
  'admissionregistration.v1.ValidatingWebhookConfiguration':
    '1 metadata meta.v1.ObjectMeta e, 2 webhooks admissionregistration.v1.ValidatingWebhook re',
  'admissionregistration.v1.Validation': '1 expression string, 2 message string e, 3 reason string pe, 4 messageExpression string e',
  'admissionregistration.v1.Variable': '1 name string, 2 expression string',
  'admissionregistration.v1.WebhookClientConfig':
    '3 url string pe, 1 service admissionregistration.v1.ServiceReference pe, 2 caBundle bytes e',
  'apiextensions.v1.CustomResourceColumnDefinition':
    '1 name string, 2 type string, 3 format string e, 4 description string e, 5 priority int32 e, 6 jsonPath string',
  'apiextensions.v1.CustomResourceConversion': '1 strategy string, 2 webhook apiextensions.v1.WebhookConversion pe',
  'apiextensions.v1.CustomResourceDefinition':
    '1 metadata meta.v1.ObjectMeta e, 2 spec apiextensions.v1.CustomResourceDefinitionSpec, 3 status apiextensions.v1.CustomResourceDefinitionStatus e',
  'apiextensions.v1.CustomResourceDefinitionCondition':
    '1 type string, 2 status string, 3 lastTransitionTime meta.v1.Time e, 4 reason string e, 5 message string e',
  'apiextensions.v1.CustomResourceDefinitionNames':
    '1 plural string, 2 singular string e, 3 shortNames string re, 4 kind string, 5 listKind string e, 6 categories string re',
  'apiextensions.v1.CustomResourceDefinitionSpec':
    '1 group string, 3 names apiextensions.v1.CustomResourceDefinitionNames, 4 scope string, 7 versions apiextensions.v1.CustomResourceDefinitionVersion r, 9 conversion apiextensions.v1.CustomResourceConversion pe, 10 preserveUnknownFields bool e',
  'apiextensions.v1.CustomResourceDefinitionStatus':
    '1 conditions apiextensions.v1.CustomResourceDefinitionCondition r, 2 acceptedNames apiextensions.v1.CustomResourceDefinitionNames, 3 storedVersions string r',
  'apiextensions.v1.CustomResourceDefinitionVersion':
    '1 name string, 2 served bool, 3 storage bool, 7 deprecated bool e, 8 deprecationWarning string pe, 4 schema apiextensions.v1.CustomResourceValidation pe, 5 subresources apiextensions.v1.CustomResourceSubresources pe, 6 additionalPrinterColumns apiextensions.v1.CustomResourceColumnDefinition re, 9 selectableFields apiextensions.v1.SelectableField re',
  'apiextensions.v1.CustomResourceSubresourceScale':
    '1 specReplicasPath string, 2 statusReplicasPath string, 3 labelSelectorPath string pe',
  'apiextensions.v1.CustomResourceSubresourceStatus': '',
  'apiextensions.v1.CustomResourceSubresources':
    '1 status apiextensions.v1.CustomResourceSubresourceStatus pe, 2 scale apiextensions.v1.CustomResourceSubresourceScale pe',
  'apiextensions.v1.CustomResourceValidation': '1 openAPIV3Schema apiextensions.v1.JSONSchemaProps pe',
  'apiextensions.v1.ExternalDocumentation': '1 description string e, 2 url string e',
  'apiextensions.v1.JSON': '1 - bytes',
  'apiextensions.v1.JSONSchemaProps':
    '1 id string e, 2 $schema string e, 3 $ref string pe, 4 description string e, 5 type string e, 6 format string e, 7 title string e, 8 default apiextensions.v1.JSON pe, 9 maximum double pe, 10 exclusiveMaximum bool e, 11 minimum double pe, 12 exclusiveMinimum bool e, 13 maxLength int64 pe, 14 minLength int64 pe, 15 pattern string e, 16 maxItems int64 pe, 17 minItems int64 pe, 18 uniqueItems bool e, 19 multipleOf double pe, 20 enum apiextensions.v1.JSON re, 21 maxProperties int64 pe, 22 minProperties int64 pe, 23 required string re, 24 items apiextensions.v1.JSONSchemaPropsOrArray pe, 25 allOf apiextensions.v1.JSONSchemaProps re, 26 oneOf apiextensions.v1.JSONSchemaProps re, 27 anyOf apiextensions.v1.JSONSchemaProps re, 28 not apiextensions.v1.JSONSchemaProps pe, 29 properties map:apiextensions.v1.JSONSchemaProps e, 30 additionalProperties apiextensions.v1.JSONSchemaPropsOrBool pe, 31 patternProperties map:apiextensions.v1.JSONSchemaProps e, 32 dependencies map:apiextensions.v1.JSONSchemaPropsOrStringArray e, 33 additionalItems apiextensions.v1.JSONSchemaPropsOrBool pe, 34 definitions map:apiextensions.v1.JSONSchemaProps e, 35 externalDocs apiextensions.v1.ExternalDocumentation pe, 36 example apiextensions.v1.JSON pe, 37 nullable bool e, 38 x-kubernetes-preserve-unknown-fields bool pe, 39 x-kubernetes-embedded-resource bool e, 40 x-kubernetes-int-or-string bool e, 41 x-kubernetes-list-map-keys string re, 42 x-kubernetes-list-type string pe, 43 x-kubernetes-map-type string pe, 44 x-kubernetes-validations apiextensions.v1.ValidationRule re',
  'apiextensions.v1.JSONSchemaPropsOrArray':
    '1 schema apiextensions.v1.JSONSchemaProps p, 2 jSONSchemas apiextensions.v1.JSONSchemaProps r',
  'apiextensions.v1.JSONSchemaPropsOrBool': '1 allows bool, 2 schema apiextensions.v1.JSONSchemaProps p',
  'apiextensions.v1.JSONSchemaPropsOrStringArray': '1 schema apiextensions.v1.JSONSchemaProps p, 2 property string r',
  'apiextensions.v1.SelectableField': '1 jsonPath string',
  'apiextensions.v1.ServiceReference': '1 namespace string, 2 name string, 3 path string pe, 4 port int32 pe',
  'apiextensions.v1.ValidationRule':
    '1 rule string, 2 message string e, 3 messageExpression string e, 4 reason string pe, 5 fieldPath string e, 6 optionalOldSelf bool pe',
  'apiextensions.v1.WebhookClientConfig': '3 url string pe, 1 service apiextensions.v1.ServiceReference pe, 2 caBundle bytes e',
  'apiextensions.v1.WebhookConversion': '2 clientConfig apiextensions.v1.WebhookClientConfig pe, 3 conversionReviewVersions string r',
  'apiregistration.v1.APIService':
    '1 metadata meta.v1.ObjectMeta e, 2 spec apiregistration.v1.APIServiceSpec e, 3 status apiregistration.v1.APIServiceStatus e',
  'apiregistration.v1.APIServiceCondition':
    '1 type string, 2 status string, 3 lastTransitionTime meta.v1.Time e, 4 reason string e, 5 message string e',
  'apiregistration.v1.APIServiceSpec':
    '1 service apiregistration.v1.ServiceReference pe, 2 group string e, 3 version string e, 4 insecureSkipTLSVerify bool e, 5 caBundle bytes e, 7 groupPriorityMinimum int32, 8 versionPriority int32',
  'apiregistration.v1.APIServiceStatus': '1 conditions apiregistration.v1.APIServiceCondition re',
  'apiregistration.v1.ServiceReference': '1 namespace string e, 2 name string e, 3 port int32 pe',
  'certificates.v1.CertificateSigningRequest':
    '1 metadata meta.v1.ObjectMeta e, 2 spec certificates.v1.CertificateSigningRequestSpec, 3 status certificates.v1.CertificateSigningRequestStatus e',
  'certificates.v1.CertificateSigningRequestCondition':
    '1 type string, 6 status string, 2 reason string e, 3 message string e, 4 lastUpdateTime meta.v1.Time e, 5 lastTransitionTime meta.v1.Time e',
  'certificates.v1.CertificateSigningRequestSpec':
    '1 request bytes, 7 signerName string, 8 expirationSeconds int32 pe, 5 usages string re, 2 username string e, 3 uid string e, 4 groups string re, 6 extra map:certificates.v1.ExtraValue e',
  'certificates.v1.CertificateSigningRequestStatus':
    '1 conditions certificates.v1.CertificateSigningRequestCondition re, 2 certificate bytes e',
  'certificates.v1.ExtraValue': '1 items string re',
  'flowcontrol.v1.ExemptPriorityLevelConfiguration': '1 nominalConcurrencyShares int32 pe, 2 lendablePercent int32 pe',
  'flowcontrol.v1.FlowDistinguisherMethod': '1 type string',
  'flowcontrol.v1.FlowSchema':
    '1 metadata meta.v1.ObjectMeta e, 2 spec flowcontrol.v1.FlowSchemaSpec e, 3 status flowcontrol.v1.FlowSchemaStatus e',
  'flowcontrol.v1.FlowSchemaCondition':
    '1 type string e, 2 status string e, 3 lastTransitionTime meta.v1.Time e, 4 reason string e, 5 message string e',
  'flowcontrol.v1.FlowSchemaSpec':
    '1 priorityLevelConfiguration flowcontrol.v1.PriorityLevelConfigurationReference, 2 matchingPrecedence int32, 3 distinguisherMethod flowcontrol.v1.FlowDistinguisherMethod pe, 4 rules flowcontrol.v1.PolicyRulesWithSubjects re',
  'flowcontrol.v1.FlowSchemaStatus': '1 conditions flowcontrol.v1.FlowSchemaCondition re',
  'flowcontrol.v1.GroupSubject': '1 name string',
  'flowcontrol.v1.LimitResponse': '1 type string, 2 queuing flowcontrol.v1.QueuingConfiguration pe',
  'flowcontrol.v1.LimitedPriorityLevelConfiguration':
    '1 nominalConcurrencyShares int32 p, 2 limitResponse flowcontrol.v1.LimitResponse e, 3 lendablePercent int32 pe, 4 borrowingLimitPercent int32 pe',
  'flowcontrol.v1.NonResourcePolicyRule': '1 verbs string r, 6 nonResourceURLs string r',
  'flowcontrol.v1.PolicyRulesWithSubjects':
    '1 subjects flowcontrol.v1.Subject r, 2 resourceRules flowcontrol.v1.ResourcePolicyRule re, 3 nonResourceRules flowcontrol.v1.NonResourcePolicyRule re',
  'flowcontrol.v1.PriorityLevelConfiguration':
    '1 metadata meta.v1.ObjectMeta e, 2 spec flowcontrol.v1.PriorityLevelConfigurationSpec e, 3 status flowcontrol.v1.PriorityLevelConfigurationStatus e',
  'flowcontrol.v1.PriorityLevelConfigurationCondition':
    '1 type string e, 2 status string e, 3 lastTransitionTime meta.v1.Time e, 4 reason string e, 5 message string e',
  'flowcontrol.v1.PriorityLevelConfigurationReference': '1 name string',
  'flowcontrol.v1.PriorityLevelConfigurationSpec':
    '1 type string, 2 limited flowcontrol.v1.LimitedPriorityLevelConfiguration pe, 3 exempt flowcontrol.v1.ExemptPriorityLevelConfiguration pe',
  'flowcontrol.v1.PriorityLevelConfigurationStatus': '1 conditions flowcontrol.v1.PriorityLevelConfigurationCondition re',
  'flowcontrol.v1.QueuingConfiguration': '1 queues int32, 2 handSize int32, 3 queueLengthLimit int32',
  'flowcontrol.v1.ResourcePolicyRule':
    '1 verbs string r, 2 apiGroups string r, 3 resources string r, 4 clusterScope bool e, 5 namespaces string r',
  'flowcontrol.v1.ServiceAccountSubject': '1 namespace string, 2 name string',
  'flowcontrol.v1.Subject':
    '1 kind string, 2 user flowcontrol.v1.UserSubject pe, 3 group flowcontrol.v1.GroupSubject pe, 4 serviceAccount flowcontrol.v1.ServiceAccountSubject pe',
  'flowcontrol.v1.UserSubject': '1 name string',
  'networking.v1.IPAddress': '1 metadata meta.v1.ObjectMeta e, 2 spec networking.v1.IPAddressSpec e',
  'networking.v1.IPAddressSpec': '1 parentRef networking.v1.ParentReference pe',
  'networking.v1.ParentReference': '1 group string e, 2 resource string e, 3 namespace string e, 4 name string e',
  'networking.v1.ServiceCIDR':
    '1 metadata meta.v1.ObjectMeta e, 2 spec networking.v1.ServiceCIDRSpec e, 3 status networking.v1.ServiceCIDRStatus e',
  'networking.v1.ServiceCIDRSpec': '1 cidrs string re',
  'networking.v1.ServiceCIDRStatus': '1 conditions meta.v1.Condition re',
  'node.v1.Overhead': '1 podFixed map:api.resource.Quantity e',
  'node.v1.RuntimeClass':
    '1 metadata meta.v1.ObjectMeta e, 2 handler string, 3 overhead node.v1.Overhead pe, 4 scheduling node.v1.Scheduling pe',
  'node.v1.Scheduling': '1 nodeSelector map:string e, 2 tolerations core.v1.Toleration re',
  'storage.v1.CSIDriver': '1 metadata meta.v1.ObjectMeta e, 2 spec storage.v1.CSIDriverSpec',
  'storage.v1.CSIDriverSpec':
    '1 attachRequired bool pe, 2 podInfoOnMount bool pe, 3 volumeLifecycleModes string re, 4 storageCapacity bool pe, 5 fsGroupPolicy string pe, 6 tokenRequests storage.v1.TokenRequest re, 7 requiresRepublish bool pe, 8 seLinuxMount bool pe, 9 nodeAllocatableUpdatePeriodSeconds int64 pe',
  'storage.v1.CSINode': '1 metadata meta.v1.ObjectMeta e, 2 spec storage.v1.CSINodeSpec',
  'storage.v1.CSINodeDriver': '1 name string, 2 nodeID string, 3 topologyKeys string r, 4 allocatable storage.v1.VolumeNodeResources pe',
  'storage.v1.CSINodeSpec': '1 drivers storage.v1.CSINodeDriver r',
  'storage.v1.CSIStorageCapacity':
    '1 metadata meta.v1.ObjectMeta e, 2 nodeTopology meta.v1.LabelSelector pe, 3 storageClassName string, 4 capacity api.resource.Quantity pe, 5 maximumVolumeSize api.resource.Quantity pe',
  'storage.v1.TokenRequest': '1 audience string, 2 expirationSeconds int64 pe',
  'storage.v1.VolumeAttachment':
    '1 metadata meta.v1.ObjectMeta e, 2 spec storage.v1.VolumeAttachmentSpec, 3 status storage.v1.VolumeAttachmentStatus e',
  'storage.v1.VolumeAttachmentSource': '1 persistentVolumeName string pe, 2 inlineVolumeSpec core.v1.PersistentVolumeSpec pe',
  'storage.v1.VolumeAttachmentSpec': '1 attacher string, 2 source storage.v1.VolumeAttachmentSource, 3 nodeName string',
  'storage.v1.VolumeAttachmentStatus':
    '1 attached bool, 2 attachmentMetadata map:string e, 3 attachError storage.v1.VolumeError pe, 4 detachError storage.v1.VolumeError pe',
  'storage.v1.VolumeError': '1 time meta.v1.Time e, 2 message string e, 3 errorCode int32 pe',
  'storage.v1.VolumeNodeResources': '1 count int32 pe',
};
