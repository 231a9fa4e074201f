;;; pack: go
;;; language: go
;;; store: none
;;; alias github.com/pkg/errors.Wrap: fmt.Errorf
;;; alias github.com/pkg/errors.Wrapf: fmt.Errorf
;;; alias github.com/pkg/errors.WithStack: fmt.Errorf
;;; alias github.com/pkg/errors.WithMessage: fmt.Errorf
;;; alias github.com/pkg/errors.New: fmt.Errorf
;;; alias github.com/pkg/errors.Errorf: fmt.Errorf
;;; alias github.com/pkg/errors.As: errors.As
;;; alias github.com/pkg/errors.Is: errors.Is
;;; kind go.mutex: type sync.Mutex type sync.RWMutex

((call_expression function: (selector_expression operand: (_) @recv field: (field_identifier) @m)) @call (#any-of? @m "Lock" "RLock")
  (#set! recv "go.mutex") (#set! does "take") (#set! token "process"))
((call_expression function: (selector_expression operand: (_) @recv field: (field_identifier) @m)) @call (#any-of? @m "Unlock" "RUnlock")
  (#set! recv "go.mutex") (#set! does "release") (#set! token "process"))
